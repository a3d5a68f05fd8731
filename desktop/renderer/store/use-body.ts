import type { BodySide } from '../../../shared/contract/exchange.ts';
import { useAnswer } from './use-answer.ts';

/** One window of a body, at most 1 MiB. */
export const BODY_WINDOW_BYTES = 262_144;

export const useBodyWindow = (exchangeId: string, side: BodySide, offset: number, decoded: boolean) =>
  useAnswer('exchange:body', { exchangeId, side, offset, length: BODY_WINDOW_BYTES, decoded }, `${exchangeId} ${side}`);
