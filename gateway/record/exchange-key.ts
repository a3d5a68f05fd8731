/** Tells exchanges of all sessions apart. A number, as far as numbers reach: making text of each frame's would be a tenth of a start after a crash. */
export type ExchangeKey = number | string;

const EXCHANGES = 2 ** 32;
const MAX_SESSION = 2 ** 21;

/** Both are unsigned numbers of 32 bits. */
export const exchangeKey = (session: number, exchange: number): ExchangeKey =>
  session < MAX_SESSION ? session * EXCHANGES + exchange : `${session}/${exchange}`;
