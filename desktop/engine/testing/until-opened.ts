import type { CaseState } from '../../../shared/contract/case.ts';
import type { EngineApi } from '../../../shared/contract/engine-api.ts';

/** Waits until nothing is opening any more. */
export async function untilOpened(api: EngineApi): Promise<CaseState> {
  for (;;) {
    const state = await api.call('case:state', {});
    if (state.phase !== 'opening') return state;
    await new Promise((wake) => setTimeout(wake, 5));
  }
}
