import { type ParsedCheckpoint, parseCheckpoint } from './checkpoint.ts';

/** C2SP tlog-proof: https://c2sp.org/tlog-proof. `path` is hex, from the leaf upwards. */
export type TlogProof = ParsedCheckpoint & {
  readonly index: number;
  readonly path: readonly string[];
  /** Unauthenticated, as the format says; Steno writes none. */
  readonly extra: Buffer | undefined;
};

const HEADER = 'c2sp.org/tlog-proof@v1';
const MAX_PATH = 64;

export function formatTlogProof(index: number, path: readonly string[], checkpoint: string): string {
  const hashes = path.map((hash) => `${Buffer.from(hash, 'hex').toString('base64')}\n`).join('');
  return `${HEADER}\nindex ${index}\n${hashes}\n${checkpoint}`;
}

/** `undefined`: not a proof. Nothing is judged yet. */
export function parseTlogProof(text: string): TlogProof | undefined {
  const end = text.indexOf('\n\n');
  const [header, ...lines] = text.slice(0, Math.max(end, 0)).split('\n');
  const hasExtra = lines[0]?.startsWith('extra ') === true;
  const extra = hasExtra ? parseBase64(lines.shift()!.slice(6)) : undefined;
  const [index, ...hashes] = lines;
  const [, digits] = /^index (0|[1-9]\d{0,15})$/.exec(index ?? '') ?? [];
  const parsed = parseCheckpoint(text.slice(end + 2));
  const path = hashes.map(parseHash).filter((hash) => hash !== undefined);
  if ((hasExtra && extra === undefined) || header !== HEADER || digits === undefined || parsed === undefined) return undefined;
  if (path.length !== hashes.length || path.length > MAX_PATH) return undefined;
  return { index: Number(digits), path, extra, ...parsed };
}

function parseBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}

/** 32 bytes of base64 to hex. */
export function parseHash(line: string): string | undefined {
  const bytes = parseBase64(line);
  return bytes?.length === 32 ? bytes.toString('hex') : undefined;
}
