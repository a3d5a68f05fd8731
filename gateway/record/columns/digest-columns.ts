import { createHash, type Hash, hash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { RowScanner } from '../../../shared/bigquery/scan-rows.ts';
import { MAX_COLUMN_BODY_BYTES } from '../../../shared/bundle/format/limits.ts';
import { namesOf, toCanonical } from '../../../shared/bundle/result-columns.ts';
import type { Salts } from '../salts.ts';

/** The digests of an answer's columns, as they are disclosed: what `parseResultTable` and `digestTable` find, in the memory of one cell. */
export type ColumnDigests = {
  /** The disclosure `result-columns`, and its SHA-256. */
  readonly line: string;
  readonly digest: string;
  /** 16 bytes each: of the rest of the answer, then of the columns in their order. */
  readonly salts: Buffer;
};

/** `undefined`: too large, without rows, or not of the shape that BigQuery writes. `salts` yields 16 random bytes a call. */
export function digestColumns(body: Iterable<Buffer>, salts: Salts): ColumnDigests | undefined {
  try {
    const digester = new ColumnDigester(salts);
    for (const chunk of unpack(body)) {
      // Most of what is not rows tells by its first byte; an error for each would cost more than its reading.
      if (digester.isEmpty && !isObjectStart(chunk[0]!)) return undefined;
      digester.push(chunk);
    }
    return digester.end();
  } catch (error) {
    // What cannot be scanned, unpacked or brought into canonical form has no columns.
    if (error instanceof Error) return undefined;
    throw error;
  }
}

/** BigQuery is asked for plain bytes; where it packs them all the same, the answer is unpacked whole. */
function* unpack(body: Iterable<Buffer>): Generator<Buffer> {
  let packed: Buffer[] | undefined;
  let first: number | undefined;
  for (const piece of body) {
    if (piece.length === 0) continue;
    if (first === undefined) {
      first = piece[0]!;
      if (first === GZIP_FIRST_BYTE) packed = [];
    }
    if (packed === undefined) yield piece;
    else packed.push(piece);
  }
  if (packed !== undefined) yield gunzipSync(Buffer.concat(packed), { maxOutputLength: MAX_COLUMN_BODY_BYTES });
}

/** Whether an answer that begins with this byte may hold rows. */
export const mayHoldRows = (first: number): boolean => isObjectStart(first) || first === GZIP_FIRST_BYTE;

const OBJECT_START = 0x7b;
const isObjectStart = (byte: number): boolean => byte === OBJECT_START || JSON_SPACE.includes(byte);
const JSON_SPACE = Buffer.from(' \t\r\n');
/** No JSON begins so. */
const GZIP_FIRST_BYTE = 0x1f;

class ColumnDigester {
  readonly #salts: Salts;
  readonly #columns: ColumnHash[] = [];
  readonly #rest: [string, unknown][] = [];
  readonly #scanner: RowScanner;
  #bytes = 0;

  constructor(salts: Salts) {
    this.#salts = salts;
    this.#scanner = new RowScanner({
      cell: (column, source, from, to, isCanonical) => this.#cell(column, source, from, to, isCanonical),
      member: (name, value) => this.#rest.push([name, value]),
    });
  }

  get isEmpty(): boolean {
    return this.#bytes === 0;
  }

  push(chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes > MAX_COLUMN_BODY_BYTES) throw new RangeError('too large');
    this.#scanner.push(chunk);
  }

  end(): ColumnDigests | undefined {
    this.#scanner.end();
    const { rows = 0 } = this.#scanner;
    const rest = Object.fromEntries(this.#rest);
    const names = namesOf(rest['schema']) ?? this.#columns.map((_, index) => String(index));
    if (rows === 0 || names.length === 0 || names.length !== this.#columns.length) return undefined;
    const restSalt = Buffer.from(this.#salts());
    const restDigest = createHash('sha256').update(restSalt).update(toCanonical(rest)).digest('hex');
    const columns = names.map((name, index) => [name, this.#columns[index]!.digest()]);
    const line = JSON.stringify([this.#salts().toString('hex'), 'result-columns', { rows, columns, rest: restDigest }]);
    return { line, digest: hash('sha256', line, 'hex'), salts: Buffer.concat([restSalt, ...this.#columns.map(({ salt }) => salt)]) };
  }

  #cell(column: number, source: Buffer, from: number, to: number, isCanonical: boolean): void {
    let own = this.#columns[column];
    if (own === undefined) {
      own = new ColumnHash(Buffer.from(this.#salts()));
      this.#columns.push(own);
    }
    if (isCanonical) own.take(source, from, to);
    else {
      const text = Buffer.from(toCanonical(JSON.parse(source.toString('utf8', from, to))));
      own.take(text, 0, text.length);
    }
  }
}

const BUFFER_BYTES = 4_096;
const LINE_END = 0x0a;

/** Values are gathered before they are hashed: a call for each would cost more than the hashing. */
class ColumnHash {
  readonly salt: Buffer;
  readonly #hash: Hash;
  readonly #buffer = Buffer.allocUnsafe(BUFFER_BYTES);
  #at = 0;

  constructor(salt: Buffer) {
    this.salt = salt;
    this.#hash = createHash('sha256').update(salt);
  }

  take(source: Buffer, from: number, to: number): void {
    const length = to - from;
    if (this.#at + length + 1 > BUFFER_BYTES) this.#flush();
    if (length < BUFFER_BYTES) {
      source.copy(this.#buffer, this.#at, from, to);
      this.#at += length;
    } else this.#hash.update(source.subarray(from, to));
    this.#buffer[this.#at] = LINE_END;
    this.#at += 1;
  }

  digest(): string {
    this.#flush();
    return this.#hash.digest('hex');
  }

  #flush(): void {
    this.#hash.update(this.#buffer.subarray(0, this.#at));
    this.#at = 0;
  }
}
