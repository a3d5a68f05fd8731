import type { StateCreator } from 'zustand';
import type { BundleState, CaseState } from '../../../shared/contract/case.ts';
import type { EngineApi } from '../../../shared/contract/engine-api.ts';
import type { EngineFailure } from '../../../shared/contract/failure.ts';
import type { Check } from '../../../shared/contract/integrity.ts';
import { forgetRecent, loadRecent, noteRecent, type RecentBundle } from './recent.ts';

export type CaseSlice = {
  /** What the engine last said of the case. Undefined until it answers for the first time. */
  readonly caseState: CaseState | undefined;
  /** The revision that the screens show: follows the engine's at most once a second while rows arrive. */
  readonly revision: number;
  readonly openFailure: EngineFailure | undefined;
  readonly opening: boolean;
  /** Checks as they finish, by bundle; the latest last. */
  readonly liveChecks: ReadonlyMap<number, readonly Check[]>;
  readonly recent: readonly RecentBundle[];
  /** Grows when a key is pinned or unpinned: verdicts are asked for again. */
  readonly pinRevision: number;
  connect(): Promise<void>;
  openBundles(paths: readonly string[]): Promise<boolean>;
  setOpenFailure(failure: EngineFailure | undefined): void;
  cancelOpening(): Promise<void>;
  closeCase(): Promise<void>;
  pinKey(fingerprint: string, label: string): Promise<EngineFailure | undefined>;
  unpinKey(fingerprint: string): Promise<EngineFailure | undefined>;
  receiveCaseState(state: CaseState): void;
  receiveCheck(bundleId: number, check: Check): void;
  forgetRecentBundle(path: string): void;
};

/** The opening screen shows the newest; the Integrity screen asks the engine for all. */
const MOST_LIVE_CHECKS = 400;
const REFRESH_EVERY_MS = 1000;
const ASK_AGAIN_MS = 700;

export const createCaseSlice =
  (engine: EngineApi): StateCreator<CaseSlice> =>
  (set, get) => {
    let refreshedAt = 0;
    let askingAgain: ReturnType<typeof setTimeout> | undefined;
    const noted = new Set<string>();

    function noteReady(bundles: readonly BundleState[]): void {
      for (const { path, fileName, phase, sessionName } of bundles) {
        if (phase !== 'ready' || noted.has(path)) continue;
        noted.add(path);
        const openedAt = new Date().toISOString();
        set({ recent: noteRecent({ path, fileName, openedAt, ...(sessionName === undefined ? {} : { sessionName }) }) });
      }
    }

    /** Events can be missed (their stream opens after the first answer), and an answer can be older than an event: while something opens, the engine is asked again. */
    function receiveCaseState(state: CaseState): void {
      const due = state.phase !== 'opening' || Date.now() - refreshedAt >= REFRESH_EVERY_MS;
      if (due) refreshedAt = Date.now();
      set(due ? { caseState: state, revision: state.revision } : { caseState: state });
      noteReady(state.bundles);
      clearTimeout(askingAgain);
      if (state.phase === 'opening') askingAgain = setTimeout(() => void get().connect(), ASK_AGAIN_MS);
    }

    async function changePins(
      name: 'key:pin' | 'key:unpin',
      input: { fingerprint: string; label: string },
    ): Promise<EngineFailure | undefined> {
      const answer =
        name === 'key:pin' ? await engine.tryCall(name, input) : await engine.tryCall(name, { fingerprint: input.fingerprint });
      if (!answer.ok) return answer.error;
      set({ pinRevision: get().pinRevision + 1 });
      await get().connect();
      return undefined;
    }

    return {
      caseState: undefined,
      revision: 0,
      openFailure: undefined,
      opening: false,
      liveChecks: new Map(),
      recent: loadRecent(),
      pinRevision: 0,
      async connect() {
        const answer = await engine.tryCall('case:state', {});
        if (answer.ok) receiveCaseState(answer.value);
        else set({ openFailure: answer.error });
      },
      async openBundles(paths) {
        if (paths.length === 0) return false;
        set({ openFailure: undefined, opening: true });
        const answer = await engine.tryCall('case:open', { paths: [...paths] });
        set({ opening: false });
        if (answer.ok) receiveCaseState(answer.value);
        else set({ openFailure: answer.error });
        return answer.ok;
      },
      setOpenFailure: (openFailure) => set({ openFailure }),
      async cancelOpening() {
        const answer = await engine.tryCall('case:cancel', {});
        if (answer.ok) receiveCaseState(answer.value);
      },
      async closeCase() {
        const answer = await engine.tryCall('case:close', {});
        if (!answer.ok) return;
        set({ liveChecks: new Map(), openFailure: undefined });
        receiveCaseState(answer.value);
      },
      pinKey: (fingerprint, label) => changePins('key:pin', { fingerprint, label }),
      unpinKey: (fingerprint) => changePins('key:unpin', { fingerprint, label: '' }),
      receiveCaseState,
      receiveCheck(bundleId, check) {
        const checks = [...(get().liveChecks.get(bundleId) ?? []), check].slice(-MOST_LIVE_CHECKS);
        set({ liveChecks: new Map(get().liveChecks).set(bundleId, checks) });
      },
      forgetRecentBundle: (path) => set({ recent: forgetRecent(path) }),
    };
  };
