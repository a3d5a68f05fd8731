import { resolve } from 'node:path';
import { createEngineClient } from '../../../shared/contract/create-engine-client.ts';
import type { EngineApi } from '../../../shared/contract/engine-api.ts';
import { createReviewEngine } from '../../engine/create-review-engine.ts';

/** An engine with one bundle loaded, for commands without a screen. Throws when the bundle does not open. */
export async function withCase<Value>(bundle: string, work: (engine: EngineApi) => Promise<Value>): Promise<Value> {
  const engine = await createReviewEngine({});
  try {
    const api = createEngineClient(engine);
    await api.call('case:open', { paths: [resolve(bundle)] });
    await untilLoaded(api);
    return await work(api);
  } finally {
    await engine.close();
  }
}

async function untilLoaded(api: EngineApi): Promise<void> {
  for (;;) {
    const state = await api.call('case:state', {});
    const [problem] = state.bundles.flatMap((each) => (each.phase === 'failed' ? each.problems : []));
    if (problem !== undefined) throw new Error([problem.message, problem.remedy].filter((each) => each !== undefined).join(' '));
    if (state.phase !== 'opening') return;
    await new Promise((wake) => setTimeout(wake, 25));
  }
}
