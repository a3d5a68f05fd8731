import { isUtf8 } from 'node:buffer';
import { createHash, type Hash, hash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { canonicalText } from './canonical-text.ts';
import { MAX_COLUMN_BODY_BYTES } from './format/limits.ts';
import { unpackMember } from './gzip-member.ts';
import { parseStrictJson } from './strict-json.ts';

/** The rows of an answer of jobs.query, jobs.getQueryResults or tabledata.list: `values[j]` yields JCS(rows[i].f[j].v) for each i. */
export type ResultTable = {
  readonly names: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** JCS of the answer without its rows. */
  readonly rest: string;
};

/** Salts in hex; `undefined` for what was taken out. */
export type TableSalts = { readonly columns: readonly (string | undefined)[]; readonly rest: string | undefined };

export type TableDigests = {
  readonly rows: number;
  readonly columns: readonly (readonly [name: string, digest: string | undefined])[];
  readonly rest: string | undefined;
};

const SALT_BYTES = 16;
const FLUSH_LENGTH = 65_536;

/**
 * An answer as delivered (JSON, perhaps gzip) as a table of canonical values. `undefined`: too large, no rows, or not of the shape
 * `{"rows":[{"f":[{"v":…},…]},…],…}` with equally many values in every row, as many as the schema has fields if there is one.
 * `isRebuilt`: no digest of its bytes was recorded that would keep anything else from standing there.
 */
export function parseResultTable(body: Uint8Array, isRebuilt = false): ResultTable | undefined {
  try {
    const { rows, ...rest } = parseObject(body, isRebuilt);
    if (!Array.isArray(rows) || rows.length === 0) return undefined;
    const cells = rows.map(parseRow);
    const names = namesOf(rest['schema']) ?? cells[0]!.map((_, index) => String(index));
    if (names.length === 0 || cells.some((row) => row.length !== names.length)) return undefined;
    return { names, rows: cells, rest: toCanonical(rest) };
  } catch (error) {
    // What does not parse, does not unpack or has no canonical form is no table.
    if (error instanceof Error) return undefined;
    throw error;
  }
}

/** What the disclosure `result-columns` says of a table. Without its salt nothing can be said of a column. */
export function digestTable(table: ResultTable, salts: TableSalts): TableDigests {
  const columns = table.names.map((name, index) => {
    const salt = salts.columns[index];
    return [name, salt === undefined ? undefined : digestColumn(table, index, salt)] as const;
  });
  const rest = salts.rest === undefined ? undefined : digestText(salts.rest, table.rest);
  return { rows: table.rows.length, columns, rest };
}

const digestOf = (salt: string) => createHash('sha256').update(Buffer.from(salt, 'hex'));

function digestColumn({ rows }: ResultTable, index: number, salt: string): string {
  let digest: Hash | undefined;
  let text = '';
  for (const row of rows) {
    text += `${row[index]!}\n`;
    if (text.length < FLUSH_LENGTH) continue;
    digest ??= digestOf(salt);
    digest.update(text);
    text = '';
  }
  return digest === undefined ? digestText(salt, text) : digest.update(text).digest('hex');
}

const scratch = Buffer.alloc(SALT_BYTES + 3 * FLUSH_LENGTH);

/** In one call where it is short, as most columns are. */
function digestText(salt: string, text: string): string {
  if (text.length > FLUSH_LENGTH) return digestOf(salt).update(text).digest('hex');
  scratch.write(salt, 'hex');
  return hash('sha256', scratch.subarray(0, SALT_BYTES + scratch.write(text, SALT_BYTES)), 'hex');
}

function parseObject(body: Uint8Array, isRebuilt: boolean): Record<string, unknown> {
  const isPacked = body[0] === 0x1f && body[1] === 0x8b;
  const bytes = isPacked ? unpack(body, isRebuilt) : body;
  if (bytes.length > MAX_COLUMN_BODY_BYTES) throw new RangeError('too large');
  if (!isUtf8(bytes)) throw new TypeError('not UTF-8');
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
  const value: unknown = isRebuilt ? parseStrictJson(text) : JSON.parse(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new TypeError('not an object');
  return value as Record<string, unknown>;
}

/** As many members as were delivered; of an answer that we packed, one. */
const unpack = (body: Uint8Array, isRebuilt: boolean): Buffer =>
  isRebuilt ? unpackMember(Buffer.from(body), MAX_COLUMN_BODY_BYTES) : gunzipSync(body, { maxOutputLength: MAX_COLUMN_BODY_BYTES });

function parseRow(row: unknown): string[] {
  const cells = only(row, 'f');
  if (!Array.isArray(cells)) throw new TypeError('not a row');
  const values: string[] = [];
  for (const cell of cells) values.push(toCanonical(only(cell, 'v')));
  return values;
}

/** The value of an object's one and only property. */
function only(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new TypeError('not an object');
  let count = 0;
  // A list of its keys would have to be made first, for every cell.
  for (const key in value) {
    count += 1;
    if (key !== name) throw new TypeError(`not only ${name}`);
  }
  if (count !== 1) throw new TypeError(`no ${name}`);
  return (value as Record<string, unknown>)[name];
}

/** Half a surrogate has no UTF-8 and 1e999 is no number, so neither has a digest (RFC 8785 §3.2.2). */
export function toCanonical(value: unknown): string {
  const text = canonicalText(value);
  if (text.includes('\\ud') && /(?<!\\)(?:\\\\)*\\ud[89a-f]/.test(text)) throw new TypeError('half a surrogate');
  return text;
}

export function namesOf(schema: unknown): string[] | undefined {
  if (schema === undefined) return undefined;
  const { fields } = schema as { fields?: unknown };
  if (!Array.isArray(fields)) throw new TypeError('no fields');
  return fields.map((field: { name?: unknown }) => {
    if (typeof field?.name !== 'string' || field.name.length > 1_024) throw new TypeError('no name');
    return field.name;
  });
}
