import type { SessionHead, WriterLeaf } from '../format.ts';

export type WindowSession = {
  readonly number: number;
  readonly sessionId: string;
  readonly name: string;
  readonly openedAt: string;
  /** The newest head in the file: how far the session had come. */
  readonly head: SessionHead;
};

/** Sessions that were open at some time of [from, to], as far as their heads are in the file, by number. */
export function sessionsOf(entries: readonly WriterLeaf[], from: string, to: string): WindowSession[] {
  const sessions = new Map<number, WindowSession>();
  for (const leaf of entries) {
    if (leaf.kind !== 'session-head') continue;
    const { number, sessionId, name, openedAt } = leaf;
    sessions.set(number, { number, sessionId, name, openedAt, head: leaf });
  }
  const isInside = ({ openedAt, head }: WindowSession): boolean => openedAt <= to && (head.state === 'open' || head.at >= from);
  return [...sessions.values()].filter(isInside).sort((a, b) => a.number - b.number);
}

/**
 * What the entries say of numbers that cannot be: sessions are numbered as they open, a heartbeat comes only when all of them have a head, and counts them.
 */
export function findNumberFaults(entries: readonly WriterLeaf[]): string[] {
  const faults: string[] = [];
  const ids = new Map<number, string>();
  const opened = new Set<number>();
  const ended = new Set<number>();
  const since = entries[0]?.at ?? '';
  let newest = 0;
  let beat: { readonly open: number; readonly last: number; readonly opened: number; readonly ended: number } | undefined;
  for (const leaf of entries) {
    if (leaf.kind === 'session-head') {
      const { number, sessionId, state, openedAt, index } = leaf;
      if ((ids.get(number) ?? sessionId) !== sessionId) faults.push(`entry ${index}: number ${number} belongs to two sessions`);
      if (ended.has(number)) faults.push(`entry ${index}: session ${number} goes on after its end`);
      ids.set(number, sessionId);
      if (openedAt > since) opened.add(number);
      if (state !== 'open') ended.add(number);
      newest = Math.max(newest, number);
    } else if (leaf.kind === 'writer-open') {
      beat = undefined;
    } else if (leaf.kind === 'heartbeat') {
      const { openSessions: open, lastSessionNumber: last, index } = leaf;
      if (last < newest) faults.push(`entry ${index}: counts ${last} sessions, though session ${newest} was there`);
      const now = { open, last, opened: ids.size, ended: ended.size };
      if (beat !== undefined && open !== beat.open + (last - beat.last) - (now.ended - beat.ended))
        faults.push(`entry ${index}: counts ${open} open sessions, which is not what opened and ended since`);
      newest = Math.max(newest, last);
      beat = now;
    }
  }
  for (let number = Math.min(...opened); number <= newest && opened.size > 0; number += 1)
    if (!ids.has(number)) faults.push(`session ${number} is missing`);
  return faults;
}

/** The most sessions that a heartbeat of the window counts as open and no head in the file shows. */
export function countQuiet(entries: readonly WriterLeaf[], from: string, to: string): number {
  const heads = entries.filter((leaf) => leaf.kind === 'session-head');
  let quiet = 0;
  for (const beat of entries) {
    if (beat.kind !== 'heartbeat' || beat.at < from || beat.at > to) continue;
    const open = new Set(heads.filter(({ openedAt }) => openedAt <= beat.at).map(({ number }) => number));
    for (const { number, state, index } of heads) if (state !== 'open' && index < beat.index) open.delete(number);
    quiet = Math.max(quiet, beat.openSessions - open.size);
  }
  return quiet;
}
