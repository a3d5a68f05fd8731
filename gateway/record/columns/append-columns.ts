import type { Journal } from '../journal.ts';
import { leafWords } from '../leaf-text.ts';
import type { SessionLog } from '../session-log.ts';
import type { DueAnswer } from './follow-answers.ts';
import type { MadeColumns } from './make-columns.ts';

/** Salts, disclosure and leaf, in this order. An answer without rows leaves nothing. */
export function appendColumns(session: SessionLog, journal: Journal, { exchange, exchangeId, made }: MadeColumns): void {
  if (made === 'none') return;
  const { buffer, byteOffset, length } = made.frames;
  journal.queue.encoded(Buffer.from(buffer, byteOffset, length));
  const disclosed = { 'result-columns': made.digest };
  session.append(exchange, ({ at, monoUs, prev, seq }) => ({ at, disclosed, exchange, exchangeId, kind: 'columns', monoUs, prev, seq }));
}

export function appendMissingColumns(session: SessionLog, { exchange, exchangeId }: DueAnswer, reason: string): void {
  const missing = leafWords(reason);
  session.append(exchange, ({ at, monoUs, prev, seq }) => ({
    at,
    disclosed: {},
    exchange,
    exchangeId,
    kind: 'columns',
    missing,
    monoUs,
    prev,
    seq,
  }));
}
