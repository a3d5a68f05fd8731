import type { StateCreator } from 'zustand';
import type { EngineApi } from '../../../shared/contract/engine-api.ts';
import type { EngineFailure } from '../../../shared/contract/failure.ts';
import type { ReplayLabel, ReplayProgress, ReplayTarget } from '../../../shared/contract/replay.ts';

export type ReplaySession = { readonly bundleId: number; readonly sessionId: string };

export type ReplaySlice = {
  readonly replayTarget: ReplayTarget;
  readonly replaySession: ReplaySession | undefined;
  readonly replayProgress: ReplayProgress | undefined;
  readonly replayFailure: EngineFailure | undefined;
  /** Shows outcomes of this label only. */
  readonly replayLabel: ReplayLabel | undefined;
  setReplayTarget(target: ReplayTarget): void;
  setReplaySession(session: ReplaySession | undefined): void;
  setReplayLabel(label: ReplayLabel | undefined): void;
  startReplay(): Promise<void>;
  cancelReplay(): Promise<void>;
  /** Picks up a run that began before this window opened. */
  lookAtReplay(): Promise<void>;
  receiveReplayProgress(progress: ReplayProgress): void;
};

export const createReplaySlice =
  (engine: EngineApi): StateCreator<ReplaySlice> =>
  (set, get) => ({
    replayTarget: 'recomputed',
    replaySession: undefined,
    replayProgress: undefined,
    replayFailure: undefined,
    replayLabel: undefined,
    setReplayTarget: (replayTarget) => set({ replayTarget }),
    setReplaySession: (replaySession) => set({ replaySession }),
    setReplayLabel: (replayLabel) => set({ replayLabel }),
    async startReplay() {
      set({ replayFailure: undefined, replayLabel: undefined });
      const { replayTarget, replaySession } = get();
      const answer = await engine.tryCall('replay:start', {
        target: replayTarget,
        ...(replaySession === undefined ? {} : { session: replaySession }),
      });
      set(answer.ok ? { replayProgress: answer.value } : { replayFailure: answer.error });
    },
    async cancelReplay() {
      const answer = await engine.tryCall('replay:cancel', {});
      if (answer.ok) set({ replayProgress: answer.value });
    },
    async lookAtReplay() {
      const answer = await engine.tryCall('replay:state', { offset: 0, limit: 0 });
      if (answer.ok) set({ replayProgress: answer.value });
    },
    receiveReplayProgress: (replayProgress) => set({ replayProgress }),
  });
