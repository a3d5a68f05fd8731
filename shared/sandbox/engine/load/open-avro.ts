import avsc from 'avsc';
import { ByteReader, readBlocks, readHeader } from './avro-container.ts';
import { LoadFailure } from './load-failure.ts';

export type AvroRecord = Readonly<Record<string, unknown>>;
export type AvroFile = { readonly schema: unknown; readonly records: AsyncIterable<AvroRecord> };

/** Reads the header; records come as they are asked for. INT64 is a bigint, a union `{ branch: value }`. */
export async function openAvro(bytes: AsyncIterable<Uint8Array>): Promise<AvroFile> {
  const reader = new ByteReader(bytes);
  try {
    const header = await readHeader(reader);
    const type = toAvscType(header.schema);
    async function* records(): AsyncGenerator<AvroRecord> {
      try {
        for await (const { count, data } of readBlocks(reader, header)) yield* decodeBlock(type, count, data);
      } catch (error) {
        throw toFailure('read data', error);
      }
    }
    return { schema: header.schema, records: records() };
  } catch (error) {
    throw toFailure('parse the header', error);
  }
}

function* decodeBlock(type: avsc.Type, count: number, data: Buffer): Generator<AvroRecord> {
  let position = 0;
  for (let index = 0; index < count; index++) {
    const { value, offset } = type.decode(data, position);
    if (offset < 0) throw new Error('EOF reached');
    yield value;
    position = offset;
  }
}

const toFailure = (what: 'parse the header' | 'read data', error: unknown): LoadFailure =>
  error instanceof LoadFailure
    ? error
    : new LoadFailure(`The Apache Avro library failed to ${what} with the following error: ${(error as Error).message}`, []);

const longType = avsc.types.LongType.__with({
  fromBuffer: (buffer: Buffer) => buffer.readBigInt64LE(),
  toBuffer: (value: bigint) => {
    const buffer = Buffer.alloc(8);
    buffer.writeBigInt64LE(value);
    return buffer;
  },
  fromJSON: BigInt,
  toJSON: Number,
  isValid: (value: unknown) => typeof value === 'bigint',
  compare: (a: bigint, b: bigint) => (a === b ? 0 : a < b ? -1 : 1),
});

/** avsc's codec of a schema; only what a JS number cannot hold is ours. */
export const toAvscType = (schema: unknown): avsc.Type =>
  avsc.Type.forSchema(schema as Parameters<typeof avsc.Type.forSchema>[0], {
    wrapUnions: 'always',
    typeHook: (each) => (each === 'long' || (each as { type?: unknown }).type === 'long' ? longType : undefined),
  });
