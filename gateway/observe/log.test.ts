import { describe, expect, it } from 'vitest';
import { createLog } from './log.ts';
import { redactCredentials } from './redact-credentials.ts';

const jwt = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhZ2VudCJ9.c2lnbmF0dXJl';

describe('no credential stays in a text', () => {
  it.each([
    [`Authorization: Bearer ${jwt}`, jwt],
    ['authorization: bearer abcdefgh12345678', 'abcdefgh12345678'],
    ['Basic dXNlcjpwYXNzd29yZA==', 'dXNlcjpwYXNzd29yZA=='],
    [`the token ${jwt} is expired`, jwt],
    ['ya29.a0AfH6SMBxyz0123456789', 'ya29.a0AfH6SMBxyz0123456789'],
    ['1//0gRefreshTokenOfSomeone', 'gRefreshTokenOfSomeone'],
    ['"client_secret": "s3cr3t-value"', 's3cr3t-value'],
    ['GET /x?access_token=abc.def&alt=json', 'abc.def'],
    ['refresh_token=opaque-thing', 'opaque-thing'],
    ['-----BEGIN PRIVATE KEY-----\\nMIIEvQIBADANBg\\n-----END PRIVATE KEY-----\\n', 'MIIEvQIBADANBg'],
    ['-----BEGIN RSA PRIVATE KEY-----\nMIIEvQIBADANBg (cut)', 'MIIEvQIBADANBg'],
    ['key AIzaSyA-0123456789abcdefghij', 'AIzaSyA-0123456789abcdefghij'],
  ])('%s', (text, secret) => {
    expect(redactCredentials(text)).not.toContain(secret);
    expect(redactCredentials(text)).toContain('[redacted]');
  });

  it('leaves what is none', () => {
    const text = 'Syntax error: Unexpected keyword FROM at [1:10], job bq-token-1, subject repo:acme/etl:ref:refs/heads/main';
    expect(redactCredentials(text)).toBe(text);
  });
});

describe('a line', () => {
  const lines: string[] = [];
  const log = createLog({ write: (line) => lines.push(line) });
  log.level = 'info';

  it('is JSON, without credentials wherever they stand', () => {
    const error = new Error(`the issuer refused ${jwt}`);
    log.error(
      { err: error, authorization: 'Bearer x', request: { token: 'plain' }, note: ['-----BEGIN PRIVATE KEY-----\nMII'] },
      `bad ${jwt}`,
    );
    const line = lines.at(-1)!;
    expect(JSON.parse(line)).toMatchObject({
      level: 'error',
      msg: 'bad [redacted]',
      authorization: '[redacted]',
      request: { token: '[redacted]' },
    });
    expect(line).not.toMatch(/eyJ|MII|plain/);
  });
});
