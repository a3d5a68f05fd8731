import type { StateCreator } from 'zustand';
import { remember } from './remember.ts';

type PastQuery = { readonly sql: string; readonly at: string; readonly note: string };

export type ConsoleSlice = {
  readonly draft: string;
  /** Newest first. */
  readonly history: readonly PastQuery[];
  setDraft(sql: string): void;
  noteQuery(query: PastQuery): void;
  clearHistory(): void;
};

const MOST_KEPT = 100;
const isPastQuery = (each: unknown): each is PastQuery =>
  typeof each === 'object' && each !== null && 'sql' in each && typeof each.sql === 'string' && 'at' in each && 'note' in each;

const rememberedDraft = remember('draft', (stored) => (typeof stored === 'string' ? stored : ''));
const rememberedHistory = remember<readonly PastQuery[]>('history', (stored) => (Array.isArray(stored) ? stored.filter(isPastQuery) : []));

export const createConsoleSlice: StateCreator<ConsoleSlice> = (set, get) => ({
  draft: rememberedDraft.load(),
  history: rememberedHistory.load(),
  setDraft(draft) {
    rememberedDraft.save(draft);
    set({ draft });
  },
  noteQuery(query) {
    const history = [query, ...get().history.filter((each) => each.sql !== query.sql)].slice(0, MOST_KEPT);
    rememberedHistory.save(history);
    set({ history });
  },
  clearHistory() {
    rememberedHistory.save([]);
    set({ history: [] });
  },
});
