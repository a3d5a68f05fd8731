import { frameTypes } from '../frame.ts';
import { encodeFrame } from '../frame-queue.ts';
import type { Salts } from '../salts.ts';
import { digestColumns } from './digest-columns.ts';
import type { DueAnswer } from './follow-answers.ts';
import type { PieceReader } from './piece-reader.ts';

/** What the recorder appends for one answer: the frames of its salts and its disclosure, and the digest that the leaf names. */
export type MadeColumns = {
  readonly session: number;
  readonly exchange: number;
  readonly exchangeId: string;
  /** Length of the answer as it was kept. */
  readonly bytes: number;
  /** `none`: it holds no rows. */
  readonly made: { readonly frames: Uint8Array; readonly digest: string } | 'none';
};

export const lengthOf = (pieces: DueAnswer['pieces']): number => pieces.reduce((sum, { length }) => sum + length, 0);

/** Throws when the journal cannot be read. */
export function makeColumns(reader: PieceReader, due: DueAnswer, salts: Salts): MadeColumns {
  const { session, exchange, exchangeId, pieces } = due;
  const bytes = lengthOf(pieces);
  const found = digestColumns(reader.bytesOf(pieces), salts);
  if (found === undefined) return { session, exchange, exchangeId, bytes, made: 'none' };
  const frames = Buffer.concat([
    encodeFrame(frameTypes.columnSalts, session, exchange, found.salts),
    encodeFrame(frameTypes.disclosure, session, exchange, Buffer.from(found.line)),
  ]);
  return { session, exchange, exchangeId, bytes, made: { frames, digest: found.digest } };
}
