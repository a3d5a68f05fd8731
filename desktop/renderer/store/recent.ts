import { remember } from './remember.ts';

/** A bundle that was opened here before. Names and paths only; nothing of its content. */
export type RecentBundle = { readonly path: string; readonly fileName: string; readonly sessionName?: string; readonly openedAt: string };

const MOST_KEPT = 12;

const isRecent = (each: unknown): each is RecentBundle =>
  typeof each === 'object' && each !== null && 'path' in each && typeof each.path === 'string' && 'fileName' in each && 'openedAt' in each;

const place = remember<readonly RecentBundle[]>('recent', (stored) => (Array.isArray(stored) ? stored.filter(isRecent) : []));

export const loadRecent = (): readonly RecentBundle[] => place.load();

/** Newest first, each path once. */
export function noteRecent(opened: RecentBundle): readonly RecentBundle[] {
  const recent = [opened, ...loadRecent().filter((each) => each.path !== opened.path)].slice(0, MOST_KEPT);
  place.save(recent);
  return recent;
}

export function forgetRecent(path: string): readonly RecentBundle[] {
  const recent = loadRecent().filter((each) => each.path !== path);
  place.save(recent);
  return recent;
}
