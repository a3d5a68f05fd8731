import fc from 'fast-check';
import { expect, test } from 'vitest';
import { exchangeKey } from './exchange-key.ts';

const u32 = fc.oneof(fc.nat(3), fc.integer({ min: 2 ** 21 - 2, max: 2 ** 21 + 2 }), fc.integer({ min: 2 ** 32 - 3, max: 2 ** 32 - 1 }));

test('no two exchanges have the same key, however many sessions there were', () => {
  fc.assert(
    fc.property(u32, u32, u32, u32, (session, exchange, otherSession, otherExchange) => {
      const isSame = session === otherSession && exchange === otherExchange;
      expect(exchangeKey(session, exchange) === exchangeKey(otherSession, otherExchange)).toBe(isSame);
    }),
    { numRuns: 2_000 },
  );
});
