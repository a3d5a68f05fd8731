import { decodeSparse, encodeSparse, type HllSketch, pushVarint } from './hll-sketch.ts';

// The protocol buffer of a sketch: type 1, number of values 2, encoding version 3, value type 4, and in field 112 the state:
// sparse size 2, precision 3, sparse precision 4, dense registers 5, sparse values 6.

const TYPE = 112;
const VERSION = 2;
/** A sketch that does not say what it holds is taken for one of UINT64. */
const DEFAULT_VALUE_TYPE = 8;

type Field = { readonly number: number; readonly value: number; readonly bytes?: Uint8Array };

class Malformed extends Error {}

function readVarint(bytes: Uint8Array, start: number): { readonly value: number; readonly next: number } {
  let value = 0;
  for (let [at, factor] = [start, 1]; at < bytes.length && factor < 2 ** 63; at++, factor *= 128) {
    const byte = bytes[at]!;
    value += (byte % 128) * factor;
    if (byte < 128) return { value, next: at + 1 };
  }
  throw new Malformed();
}

function readFields(bytes: Uint8Array): Field[] {
  const fields: Field[] = [];
  for (let at = 0; at < bytes.length; ) {
    const tag = readVarint(bytes, at);
    const { value, next } = readVarint(bytes, tag.next);
    const number = Math.floor(tag.value / 8);
    const isBytes = tag.value % 8 === 2;
    if (!isBytes && tag.value % 8 !== 0) throw new Malformed();
    at = isBytes ? next + value : next;
    if (at > bytes.length) throw new Malformed();
    fields.push(isBytes ? { number, value, bytes: bytes.subarray(next, at) } : { number, value });
  }
  return fields;
}

function readVarints(bytes: Uint8Array): number[] {
  const values: number[] = [];
  for (let at = 0; at < bytes.length; ) {
    const { value, next } = readVarint(bytes, at);
    values.push(value);
    at = next;
  }
  return values;
}

/** Throws where the bytes are no sketch; `caller` is for the message. */
export function parseSketch(bytes: Uint8Array, caller: string): HllSketch {
  try {
    return toSketch(bytes);
  } catch (error) {
    if (error instanceof Malformed) throw new Error(`Invalid or incompatible sketch in ${caller}`);
    throw error;
  }
}

function toSketch(bytes: Uint8Array): HllSketch {
  const fields = readFields(bytes);
  const numberOf = (of: readonly Field[], number: number): number => of.find((f) => f.number === number)?.value ?? 0;
  const state = fields.find((f) => f.number === TYPE)?.bytes;
  if (numberOf(fields, 1) !== TYPE || numberOf(fields, 3) !== VERSION || !state) throw new Malformed();
  const parts = readFields(state);
  const [precision, sparsePrecision] = [numberOf(parts, 3), numberOf(parts, 4)];
  if (precision < 10 || precision > 24) throw new Malformed();
  const dense = parts.find((f) => f.number === 5)?.bytes;
  if (dense?.length && dense.length !== 2 ** precision) throw new Malformed();
  const sparse = decodeSparse(readVarints(parts.find((f) => f.number === 6)?.bytes ?? new Uint8Array()), precision, sparsePrecision);
  const shape = {
    precision,
    sparsePrecision,
    valueCount: BigInt(numberOf(fields, 2)),
    valueType: numberOf(fields, 4) || DEFAULT_VALUE_TYPE,
    sparse,
  };
  return dense?.length ? { ...shape, dense } : shape;
}

export function writeSketch(sketch: HllSketch): Uint8Array {
  const state: number[] = [];
  if (sketch.sparse.size) pushField(state, 2, sketch.sparse.size);
  pushField(state, 3, sketch.precision);
  pushField(state, 4, sketch.sparsePrecision);
  if (sketch.dense) pushBytes(state, 5, [...sketch.dense]);
  else pushBytes(state, 6, encodeSparse(sketch));
  const bytes: number[] = [];
  pushField(bytes, 1, TYPE);
  pushField(bytes, 2, Number(sketch.valueCount));
  pushField(bytes, 3, VERSION);
  pushField(bytes, 4, sketch.valueType);
  pushBytes(bytes, TYPE, state);
  return Uint8Array.from(bytes);
}

function pushField(bytes: number[], number: number, value: number): void {
  pushVarint(bytes, number * 8);
  pushVarint(bytes, value);
}

function pushBytes(bytes: number[], number: number, content: readonly number[]): void {
  pushVarint(bytes, number * 8 + 2);
  pushVarint(bytes, content.length);
  for (const byte of content) bytes.push(byte);
}
