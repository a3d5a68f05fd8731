import { createHash } from 'node:crypto';
import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';

export const OFFSETS = 20;

/** One misbehaviour at one of its offsets, on one of two ways through the gateway: `rows` streams, `list` reads the answer whole. */
export type Cell = { readonly behaviour: string; readonly offset: number; readonly way: 'rows' | 'list'; readonly body: Buffer };

/** What the socket of one cell does in place of BigQuery. Over when it resolves. */
type Act = (socket: Socket, cell: Cell) => Promise<void> | void;

/** What must come of it. */
export type Expected =
  /** HTTP's own rules make it whole: the client gets exactly these bytes. */
  | { readonly kind: 'whole'; readonly status: number; readonly body: Digest; readonly encoding?: string }
  /** It ends with the connection, in good order: the client gets it so, and nothing that says it is whole. */
  | { readonly kind: 'close-delimited'; readonly body: Digest }
  /** It broke after these bytes, and may not look whole to the client. */
  | { readonly kind: 'cut'; readonly body: Digest; readonly reason: RegExp }
  /** The client left after some bytes. */
  | { readonly kind: 'left'; readonly body: Digest }
  /** Nothing of it may be shown. */
  | { readonly kind: 'refused'; readonly code: string; readonly bytes: number };

/** Bytes too many to keep are known by their digest. */
export type Digest = { readonly length: number; readonly sha256: string };

export type Behaviour = {
  readonly name: string;
  readonly act: Act;
  readonly expect: (cell: Cell) => Expected;
  /** Size of the whole answer where it matters; about 40 KB unless told. */
  readonly size?: number;
  /** Which side of the connection speaks TLS; a client that leaves, or uploads. */
  readonly by?: 'tls' | 'client-leaves' | 'upload';
  /** Ways that make sense; both unless told. */
  readonly way?: 'rows';
};

/** Told the key of a cell whose client is to leave now. */
export const departures = new EventEmitter();

export const digestOf = (bytes: Uint8Array): Digest => ({ length: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') });

/** Of nothing, of one byte, around the borders of buffers, just before the end. */
const cuts = [
  0, 1, 2, 17, 300, 1_023, 1_024, 1_025, 4_095, 4_096, 8_191, 12_000, 16_384, 20_000, 24_000, 28_000, 32_768, 36_000, -2, -1,
] as const;

export const cutOf = ({ offset, body }: Pick<Cell, 'offset' | 'body'>): number => {
  const cut = cuts[offset]!;
  return cut < 0 ? body.length + cut : Math.min(cut, body.length - 1);
};

export const keyOf = ({ behaviour, offset }: Pick<Cell, 'behaviour' | 'offset'>): string => `cell_${behaviour}_${offset}`;

/** An answer such as BigQuery would give, different in every cell. */
export function aBody(key: string, way: Cell['way'], size: number): Buffer {
  const entry =
    way === 'rows'
      ? { f: [{ v: key }, { v: 'x'.repeat(60) }] }
      : { kind: 'bigquery#dataset', id: `acme:${key}`, datasetReference: { projectId: 'acme', datasetId: key } };
  const text = JSON.stringify(entry);
  const head = way === 'rows' ? '{"kind":"bigquery#tableDataList","totalRows":"9","rows":[' : '{"kind":"bigquery#datasetList","datasets":[';
  const count = Math.max(1, Math.floor((size - head.length - 2) / (text.length + 1)));
  return Buffer.from(`${head}${Array.from({ length: count }, () => text).join(',')}]}`);
}
