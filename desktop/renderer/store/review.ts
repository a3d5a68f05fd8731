import { createStore, type StoreApi } from 'zustand/vanilla';
import type { EngineApi } from '../../../shared/contract/engine-api.ts';
import type { Host } from '../connect-engine.ts';
import { type Answers, createAnswers } from './answers.ts';
import { type AppearanceSlice, createAppearanceSlice } from './appearance-slice.ts';
import { type CaseSlice, createCaseSlice } from './case-slice.ts';
import { type CompareSlice, createCompareSlice } from './compare-slice.ts';
import { type ConsoleSlice, createConsoleSlice } from './console-slice.ts';
import { createExchangesSlice, type ExchangesSlice } from './exchanges-slice.ts';
import { createReplaySlice, type ReplaySlice } from './replay-slice.ts';
import { createSqlRun, type SqlRun } from './sql-run.ts';

/** What the person chose, and the engine's last word on what is under way. Never rows. */
export type ReviewState = AppearanceSlice & CaseSlice & ExchangesSlice & CompareSlice & ConsoleSlice & ReplaySlice;

/** All that the screens share. */
export type Review = {
  readonly host: Host;
  readonly engine: EngineApi;
  readonly store: StoreApi<ReviewState>;
  readonly answers: Answers;
  readonly sqlRun: SqlRun;
  /** Listens to the engine and asks for the state of the case; returns how to stop. */
  start(): () => void;
};

export function createReview(host: Host): Review {
  const { engine } = host;
  const store = createStore<ReviewState>()((...zustand) => ({
    ...createAppearanceSlice(...zustand),
    ...createCaseSlice(engine)(...zustand),
    ...createExchangesSlice(...zustand),
    ...createCompareSlice(...zustand),
    ...createConsoleSlice(...zustand),
    ...createReplaySlice(engine)(...zustand),
  }));
  return { host, engine, store, answers: createAnswers(engine), sqlRun: createSqlRun(engine), start: () => start(host, store) };
}

function start({ engine }: Host, store: StoreApi<ReviewState>): () => void {
  const stops = [
    engine.on('case:progress', (event) => store.getState().receiveCaseState(event.state)),
    engine.on('integrity:check', (event) => store.getState().receiveCheck(event.bundleId, event.check)),
    engine.on('replay:progress', (event) => store.getState().receiveReplayProgress(event.progress)),
  ];
  void store.getState().connect();
  return () => {
    for (const stop of stops) stop();
  };
}
