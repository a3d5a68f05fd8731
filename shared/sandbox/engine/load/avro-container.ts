// Avro's object container files: a header with the schema, then blocks of records. https://avro.apache.org/docs/1.11.1/specification/#object-container-files
import { promisify } from 'node:util';
import { crc32, deflateRaw, inflateRaw } from 'node:zlib';
import { compressSnappy, decompressSnappy } from './snappy.ts';

export type ContainerHeader = { readonly schema: unknown; readonly codec: string; readonly sync: Buffer };
export type ContainerBlock = { readonly count: number; readonly data: Buffer };

const MAGIC = Buffer.from('Obj\u0001', 'latin1');
const SYNC_BYTES = 16;

/** Bytes as they come, cut to measure. Throws `EOF reached` where there are too few. */
export class ByteReader {
  readonly #source: AsyncIterator<Uint8Array>;
  #buffer: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  async take(count: number): Promise<Buffer> {
    if (!(await this.#fill(count))) throw new Error('EOF reached');
    const taken = this.#buffer.subarray(0, count);
    this.#buffer = this.#buffer.subarray(count);
    return taken;
  }

  isAtEnd(): Promise<boolean> {
    return this.#fill(1).then((isFilled) => !isFilled);
  }

  /** Zigzag, little-endian, seven bits a byte; only lengths and counts are read so, which fit a number. */
  async takeLong(): Promise<number> {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = (await this.take(1))[0]!;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return Number((value >> 1n) ^ -(value & 1n));
    }
    throw new Error('a number is too long');
  }

  async #fill(count: number): Promise<boolean> {
    if (this.#buffer.length >= count) return true;
    const pieces: Uint8Array[] = [this.#buffer];
    let length = this.#buffer.length;
    while (length < count) {
      const next = await this.#source.next();
      if (next.done) break;
      pieces.push(next.value);
      length += next.value.length;
    }
    this.#buffer = Buffer.concat(pieces);
    return length >= count;
  }
}

export async function readHeader(reader: ByteReader): Promise<ContainerHeader> {
  const magic = await reader.take(MAGIC.length).catch(() => Buffer.alloc(0));
  if (!magic.equals(MAGIC)) throw new Error('Invalid data file. Magic does not match');
  const meta = new Map<string, Buffer>();
  for (let count = await reader.takeLong(); count !== 0; count = await reader.takeLong()) {
    // A negative count is followed by the size of the block, for readers that skip it.
    if (count < 0) await reader.takeLong();
    for (let index = 0; index < Math.abs(count); index++) {
      const key = (await reader.take(await reader.takeLong())).toString();
      meta.set(key, await reader.take(await reader.takeLong()));
    }
  }
  const schema = meta.get('avro.schema');
  if (schema === undefined) throw new Error('No schema in metadata');
  const codec = meta.get('avro.codec')?.toString() ?? 'null';
  if (!(codec in codecs)) throw new Error(`Unknown codec in data file: ${codec}`);
  return { schema: JSON.parse(schema.toString()), codec, sync: await reader.take(SYNC_BYTES) };
}

export async function* readBlocks(reader: ByteReader, { codec, sync }: ContainerHeader): AsyncGenerator<ContainerBlock> {
  while (!(await reader.isAtEnd())) {
    const count = await reader.takeLong();
    const size = await reader.takeLong();
    if (count < 0 || size < 0) throw new Error('Invalid block');
    const packed = await reader.take(size);
    if (!(await reader.take(SYNC_BYTES)).equals(sync)) throw new Error('Sync mismatch');
    yield { count, data: await codecs[codec as CodecName].unpack(packed) };
  }
}

export function toHeaderBytes({ schema, codec, sync }: ContainerHeader): Buffer {
  const pairs = [
    ['avro.schema', JSON.stringify(schema)],
    ['avro.codec', codec],
  ] as const;
  const parts = pairs.flatMap((pair) => pair.flatMap((text) => [toLongBytes(Buffer.byteLength(text)), Buffer.from(text)]));
  return Buffer.concat([MAGIC, toLongBytes(pairs.length), ...parts, toLongBytes(0), sync]);
}

export async function toBlockBytes({ codec, sync }: ContainerHeader, { count, data }: ContainerBlock): Promise<Buffer> {
  const packed = await codecs[codec as CodecName].pack(data);
  return Buffer.concat([toLongBytes(count), toLongBytes(packed.length), packed, sync]);
}

function toLongBytes(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = BigInt(value) << 1n; ; rest >>= 7n) {
    bytes.push(Number(rest & 0x7fn) | (rest > 0x7fn ? 0x80 : 0));
    if (rest <= 0x7fn) return Buffer.from(bytes);
  }
}

export type CodecName = 'null' | 'deflate' | 'snappy';
type Codec = { pack(plain: Buffer): Promise<Buffer>; unpack(packed: Buffer): Promise<Buffer> };

const codecs: Readonly<Record<CodecName, Codec>> = {
  null: { pack: async (plain) => plain, unpack: async (packed) => packed },
  deflate: { pack: promisify<Buffer, Buffer>(deflateRaw), unpack: promisify<Buffer, Buffer>(inflateRaw) },
  snappy: { pack: async (plain) => Buffer.concat([compressSnappy(plain), toChecksum(plain)]), unpack: openSnappy },
};

/** Avro puts a CRC-32 of the plain bytes behind a snappy block. */
async function openSnappy(packed: Buffer): Promise<Buffer> {
  const plain = decompressSnappy(packed.subarray(0, -4));
  if (!toChecksum(plain).equals(packed.subarray(-4))) throw new Error('Checksum mismatch');
  return plain;
}

function toChecksum(plain: Buffer): Buffer {
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(plain));
  return checksum;
}
