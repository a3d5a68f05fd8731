import { type Checkpoint, parseCheckpoint } from './checkpoint.ts';
import type { SignedNote } from './signed-note.ts';

/** C2SP tlog-proof: https://c2sp.org/tlog-proof. `path` is hex, from the leaf upwards. */
export type TlogProof = {
  readonly index: number;
  readonly path: readonly string[];
  readonly checkpoint: Checkpoint;
  readonly note: SignedNote;
};

const HEADER = 'c2sp.org/tlog-proof@v1';
const MAX_PATH = 64;

export function formatTlogProof(index: number, path: readonly string[], checkpoint: string): string {
  const hashes = path.map((hash) => `${Buffer.from(hash, 'hex').toString('base64')}\n`).join('');
  return `${HEADER}\nindex ${index}\n${hashes}\n${checkpoint}`;
}

export function parseTlogProof(text: string): TlogProof | undefined {
  const end = text.indexOf('\n\n');
  const [header, index, ...hashes] = text.slice(0, Math.max(end, 0)).split('\n');
  const [, digits] = /^index (0|[1-9]\d{0,15})$/.exec(index ?? '') ?? [];
  const parsed = parseCheckpoint(text.slice(end + 2));
  const path = hashes.map(parseHash).filter((hash) => hash !== undefined);
  if (header !== HEADER || digits === undefined || parsed === undefined) return undefined;
  if (path.length !== hashes.length || path.length > MAX_PATH) return undefined;
  return { index: Number(digits), path, ...parsed };
}

function parseHash(line: string): string | undefined {
  const bytes = Buffer.from(line, 'base64');
  return bytes.length === 32 && bytes.toString('base64') === line ? bytes.toString('hex') : undefined;
}
