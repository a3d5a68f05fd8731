import { expect, test } from 'vitest';
import { BigQueryError, parseErrorEnvelope, toErrorEnvelope } from './error-envelope.ts';
import { errorReasons, httpCodeOf } from './error-reason.ts';

test('an error is told in the envelope of Google', () => {
  expect(
    toErrorEnvelope({ reason: 'invalidQuery', message: 'Syntax error: Unexpected end of script at [1:7]', location: 'query' }),
  ).toEqual({
    error: {
      code: 400,
      message: 'Syntax error: Unexpected end of script at [1:7]',
      errors: [
        {
          message: 'Syntax error: Unexpected end of script at [1:7]',
          domain: 'global',
          reason: 'invalidQuery',
          location: 'query',
          locationType: 'other',
        },
      ],
      status: 'INVALID_ARGUMENT',
    },
  });
});

test('what is thrown and what is sent are the same', () => {
  const facts = { reason: 'duplicate', message: 'Already Exists: Job p:US.j' } as const;
  expect(toErrorEnvelope(new BigQueryError(facts))).toEqual(toErrorEnvelope(facts));
});

test('an envelope is read back, and what is none is not', () => {
  const facts = { reason: 'accessDenied', message: 'Access Denied: Table p:d.t' } as const;
  expect(parseErrorEnvelope(toErrorEnvelope(facts))).toEqual({ code: 403, ...facts });
  expect(parseErrorEnvelope('<html>')).toBeUndefined();
  expect(parseErrorEnvelope({ error: 'invalid_grant' })).toBeUndefined();
});

test('no reason of ours makes clients retry what will not get better', () => {
  const retried = errorReasons.filter((reason) => httpCodeOf(reason) >= 500 || httpCodeOf(reason) === 429);
  expect(retried).toEqual(['backendError', 'internalError', 'notImplemented']);
});
