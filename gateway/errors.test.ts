import { expect, test } from 'vitest';
import { catalogue, Refusal, type RefusalCode } from './errors.ts';

const codes = Object.keys(catalogue) as RefusalCode[];

test.each(codes)('%s is an answer in Google’s envelope', (code) => {
  const refusal = new Refusal(code, { why: 'WHY' });
  const { error } = refusal.toEnvelope();
  expect(error).toMatchObject({
    code: refusal.status,
    message: refusal.message,
    errors: [{ message: refusal.message, domain: 'global', reason: refusal.reason }],
  });
  expect(error.status).toMatch(/^[A-Z_]+$/);
  expect(code).toMatch(/^[A-Z]+(_[A-Z]+)+$/);
});

test('no refusal makes a client repeat what could have been executed, or what will never pass', () => {
  for (const code of codes) {
    const { status, reason, message } = new Refusal(code);
    expect(status, code).not.toBe(429);
    expect(reason, code).not.toBe('rateLimitExceeded');
    expect(message, code).not.toMatch(/exceed.*rate.*limit|rate.*limit.*exceed/i);
    const hasRetryAfter = new Refusal(code).toHeaders().includes('retry-after');
    expect(hasRetryAfter, code).toBe(status === 503);
  }
});

test('401 says how to authenticate', () => {
  expect(new Refusal('IDENTITY_NO_TOKEN').toHeaders()).toContain('www-authenticate');
  expect(new Refusal('IDENTITY_BAD_TOKEN', { why: 'x' }).toHeaders().join()).toContain('error="invalid_token"');
});

test('details fill the message, and only the message', () => {
  const refusal = new Refusal('POLICY_DENIED', { resource: 'Table p:d.t', why: 'No', rule: 'Rule "r"', exchangeId: 'x-1' });
  expect(refusal.message).toBe('Access Denied: Table p:d.t: No. Rule "r". Exchange x-1');
});
