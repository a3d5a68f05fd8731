import type { SignerKey } from './ed25519-key.ts';
import { parseNote, type SignedNote, signNote } from './signed-note.ts';

/** C2SP tlog-checkpoint: https://c2sp.org/tlog-checkpoint. `root` is hex. */
export type Checkpoint = { readonly origin: string; readonly size: number; readonly root: string };
/** `extensions`: lines that the format allows and Steno never writes. */
export type ParsedCheckpoint = { readonly checkpoint: Checkpoint; readonly note: SignedNote; readonly extensions: readonly string[] };

export function signCheckpoint(checkpoint: Checkpoint, ...keys: readonly SignerKey[]): string {
  return signNote(`${checkpoint.origin}\n${checkpoint.size}\n${Buffer.from(checkpoint.root, 'hex').toString('base64')}\n`, ...keys);
}

export function parseCheckpoint(text: string): ParsedCheckpoint | undefined {
  const note = parseNote(text);
  const [origin, size, root, ...rest] = note?.text.split('\n') ?? [];
  if (note === undefined || !origin || size === undefined || root === undefined) return undefined;
  const extensions = rest.slice(0, -1);
  if (rest.length === 0 || extensions.includes('')) return undefined;
  const bytes = Buffer.from(root, 'base64');
  if (!/^(0|[1-9]\d{0,15})$/.test(size) || bytes.length !== 32 || bytes.toString('base64') !== root) return undefined;
  return { checkpoint: { origin, size: Number(size), root: bytes.toString('hex') }, note, extensions };
}
