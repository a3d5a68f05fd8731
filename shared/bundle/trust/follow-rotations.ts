import { parseVerifierKey, type VerifierKey } from '../ed25519-key.ts';
import { keyRotationSchema, writerLeafSchema } from '../format.ts';
import { leafHash, rootFromInclusion } from '../merkle-tree.ts';
import { parseJsonLine } from '../read-evidence.ts';
import { checkNote } from '../signed-note.ts';
import { parseTlogProof } from '../tlog-proof.ts';
import { toMillis } from './judge-key.ts';
import type { TrustRoot } from './trust-root.ts';

/** A change of keys that both keys signed. `overlapUntil`: from then on `from` signs no more. */
export type Rotation = { readonly from: VerifierKey; readonly to: VerifierKey; readonly at: string; readonly overlapUntil: string };
/** A key that nobody pinned, reached from one that was. `until`: set where a newer key vouches for an older one. */
export type FollowedKey = { readonly pinned: VerifierKey; readonly steps: number; readonly until: string | undefined };

/** `undefined`: not a rotation that its two keys signed. */
export function parseRotation(line: Buffer): Rotation | undefined {
  const parsed = keyRotationSchema.safeParse(parseJsonLine(line));
  if (!parsed.success) return undefined;
  const leaf = writerLeafSchema.safeParse(parseJsonLine(Buffer.from(parsed.data.leaf)));
  const proof = parseTlogProof(parsed.data.proof);
  if (!leaf.success || leaf.data.kind !== 'key-rotation' || proof === undefined) return undefined;
  const { index, at, key, supersedes, overlapUntil } = leaf.data;
  const [from, to] = [parseVerifierKey(supersedes), parseVerifierKey(key)];
  const { origin, size, root } = proof.checkpoint;
  if (from === undefined || to === undefined || from.name !== origin || to.name !== origin || from.keyId === to.keyId) return undefined;
  if (proof.index !== index || rootFromInclusion(leafHash(parsed.data.leaf), index, size, proof.path) !== root) return undefined;
  if (checkNote(proof.note, from) !== 'valid' || checkNote(proof.note, to) !== 'valid') return undefined;
  return { from, to, at, overlapUntil };
}

/**
 * All keys that can be reached from the pinned ones, forwards and backwards. A key whose trust ended before it announced its successor leads nowhere,
 * nor does one that was compromised: whoever stole it could announce a key of his own.
 */
export function followRotations(
  pinned: readonly VerifierKey[],
  rotations: readonly Rotation[],
  trust: TrustRoot | undefined,
): Map<string, FollowedKey> {
  const reached = new Map<string, FollowedKey>(pinned.map((key) => [key.text, { pinned: key, steps: 0, until: undefined }]));
  for (let isGrowing = true; isGrowing; ) {
    isGrowing = false;
    for (const { from, to, at, overlapUntil } of rotations) {
      const [older, newer] = [reached.get(from.text), reached.get(to.text)];
      if (older !== undefined && newer === undefined && mayLead(from, at, trust)) {
        reached.set(to.text, { ...older, steps: older.steps + 1, until: undefined });
        isGrowing = true;
      } else if (newer !== undefined && older === undefined && mayLead(to, at, trust)) {
        reached.set(from.text, { ...newer, steps: newer.steps + 1, until: overlapUntil });
        isGrowing = true;
      }
    }
  }
  return reached;
}

function mayLead(key: VerifierKey, at: string, trust: TrustRoot | undefined): boolean {
  const entry = trust?.writers.find((one) => one.vkey === key.text);
  if (entry === undefined) return true;
  if (entry.revocationReason === 'key-compromise') return false;
  const ends = [entry.revokedAt, entry.validTo].filter((end) => end !== undefined);
  return ends.every((end) => toMillis(at) <= toMillis(end));
}
