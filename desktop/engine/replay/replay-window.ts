import type { ReplayLabel, ReplayState } from '../../../shared/contract/replay.ts';

/** The state with a window of its outcomes, of one label when it names one. */
export function toReplayWindow(
  state: ReplayState,
  window: { offset: number; limit: number; label?: ReplayLabel | undefined },
): ReplayState {
  const { offset, limit, label } = window;
  const outcomes = label === undefined ? state.outcomes : state.outcomes.filter((outcome) => outcome.label === label);
  return { ...state, outcomes: outcomes.slice(offset, offset + limit) };
}
