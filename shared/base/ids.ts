import { V7Generator } from 'uuidv7';

/** Random numbers drawn in bulk: a call for each id would cost more than the rest of it. */
const drawn = new Uint32Array(1_024);
let next = drawn.length;
const generator = new V7Generator({
  nextUint32() {
    if (next === drawn.length) {
      crypto.getRandomValues(drawn);
      next = 0;
    }
    next += 1;
    return drawn[next - 1]!;
  },
});
const uuidv7 = (): string => generator.generate().toString();

/** Time-ordered (UUIDv7, RFC 9562), so that ids sort as the exchanges began. */
export type ExchangeId = string & { readonly brand: 'ExchangeId' };
export type SessionId = string & { readonly brand: 'SessionId' };

export const createExchangeId = (): ExchangeId => uuidv7() as ExchangeId;
export const createSessionId = (): SessionId => uuidv7() as SessionId;
