import { hash } from 'node:crypto';
import { MAX_DIGESTS_IN_LEAF, type WriterLeaf } from '../../shared/bundle/format.ts';
import { leafName, leafWords } from './leaf-text.ts';
import type { EntryInput } from './record-input.ts';

/** Keys stand in canonical order (see leafText). */
export function toEntryLeaf(entry: EntryInput, { at, index }: { readonly at: string; readonly index: number }): WriterLeaf {
  if (entry.kind === 'archive') {
    const { kind, manifest, number, revision, sessionId } = entry;
    return { at, index, kind, manifest, number, revision, sessionId };
  }
  if (entry.kind === 'segment-retired') {
    const { entries, first, kind, segment, sha256 } = entry;
    return { at, entries, first, index, kind, segment, sha256 };
  }
  if (entry.kind === 'outage') {
    const { kind, name, service, state } = entry;
    return { at, detail: leafWords(entry.detail), index, kind, name: leafName(name), service, state };
  }
  const by = leafName(entry.by);
  const reason = leafWords(entry.reason);
  if (entry.kind === 'hold') {
    const { holdId, kind, scope, sessionId, state } = entry;
    return { at, by, holdId, index, kind, reason, scope, sessionId, state };
  }
  const { digests, list } = listDigests(entry.digests);
  if (entry.kind === 'erasure') {
    const { kind, sessions, subject } = entry;
    return { at, by, digests, index, kind, list, reason, sessions, subject };
  }
  if (entry.kind === 'redaction') {
    const { kind, revision, sessionId } = entry;
    return { at, by, digests, index, kind, list, reason, revision, sessionId };
  }
  const { kind, sessionId } = entry;
  return { at, by, digests, index, kind, list, reason, rule: entry.rule === undefined ? undefined : leafName(entry.rule), sessionId };
}

/** What a leaf says of a list of digests: the digests themselves while they fit, else how many and the SHA-256 of their lines. */
function listDigests(digests: readonly string[]): { digests: string[]; list: { count: number; sha256: string } | undefined } {
  if (digests.length <= MAX_DIGESTS_IN_LEAF) return { digests: [...digests], list: undefined };
  const sha256 = hash('sha256', digests.map((digest) => `${digest}\n`).join(''), 'hex');
  return { digests: [], list: { count: digests.length, sha256 } };
}
