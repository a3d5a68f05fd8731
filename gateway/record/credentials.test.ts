import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { carriesCredentials, withoutCredentialHeaders, withoutCredentialQuery } from './credentials.ts';
import { openRecorder } from './open-recorder.ts';
import { aDirectory, anEnd, anIntent, aSession } from './testing/an-exchange.ts';

test.each([
  ['Authorization', 'Bearer abc'],
  ['Proxy-Authorization', 'Basic dXNlcjpwYXNz'],
  ['Cookie', 'sid=1'],
  ['Set-Cookie', 'sid=1'],
  ['X-Goog-Api-Key', 'k'],
  ['x-api-key', 'k'],
  ['X-Goog-IAM-Authorization-Token', 't'],
  ['X-Forwarded-Access-Token', 't'],
  ['X-Amz-Security-Token', 't'],
  ['X-GUploader-UploadID', 'u'],
])('%s is never kept', (name, value) => {
  expect(withoutCredentialHeaders([[name, value]])).toEqual([[name, '[removed]']]);
});

test('harmless headers are kept as they came', () => {
  const headers: [string, string][] = [
    ['Content-Type', 'application/json'],
    ['ETag', 'W/"x"'],
    ['x-goog-api-client', 'gl-node/24 gccl/9'],
    ['X-Whatever', 'yes'],
  ];
  expect(withoutCredentialHeaders(headers)).toEqual(headers);
});

test('a credential under an innocent name is taken out of the value', () => {
  const jwt = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln';
  expect(withoutCredentialHeaders([['X-Debug', `saw ${jwt} here`]])).toEqual([['X-Debug', 'saw [removed] here']]);
  expect(withoutCredentialHeaders([['Location', 'https://gw/upload?upload_id=AAA&x=1']])).toEqual([
    ['Location', 'https://gw/upload?upload_id=[removed]&x=1'],
  ]);
});

test.each([
  ['/b?access_token=abc&x=1', '/b?access_token=[removed]&x=1'],
  ['/b?key=AIza1&prettyPrint=false', '/b?key=[removed]&prettyPrint=false'],
  ['/b?%61ccess_token=abc', '/b?%61ccess_token=[removed]'],
  ['/b?oauth_token=a&id_token=b&client_secret=c', '/b?oauth_token=[removed]&id_token=[removed]&client_secret=[removed]'],
  ['/b?pageToken=keep&maxResults=10', '/b?pageToken=keep&maxResults=10'],
  ['https://user:pass@host/b', 'https://host/b'],
  ['/s/ya29.a0AfH6SMBxxxxxxxxxxxxxxx/b', '/s/[removed]/b'],
])('%s is recorded as %s', (target, recorded) => {
  expect(withoutCredentialQuery(target)).toBe(recorded);
});

test('bodies of token exchanges are withheld, tunnelled GETs are not', () => {
  const form: [string, string][] = [['content-type', 'application/x-www-form-urlencoded']];
  expect(carriesCredentials('/v1/token', [])).toBe(true);
  expect(carriesCredentials('/v1/introspect?x=1', [])).toBe(true);
  expect(carriesCredentials('/v1/projects/-/serviceAccounts/a@b:generateAccessToken', [])).toBe(true);
  expect(carriesCredentials('/bigquery/v2/projects/p/queries', form)).toBe(true);
  expect(carriesCredentials('/bigquery/v2/projects/p/queries', [...form, ['X-HTTP-Method-Override', 'GET']])).toBe(false);
  expect(carriesCredentials('/bigquery/v2/projects/p/queries', [['content-type', 'application/json']])).toBe(false);
});

test('planted secrets are nowhere in the data directory, not even as a digest', async () => {
  const { directory, remove } = aDirectory();
  const secrets = Array.from({ length: 40 }, (_, index) => `planted-${index}-secret`);
  const recorder = await openRecorder({ directory });
  const session = aSession(recorder);
  for (const [index, secret] of secrets.entries()) {
    const names = ['authorization', 'cookie', 'x-goog-api-key', 'proxy-authorization', 'x-auth-token'];
    const request = {
      method: 'POST',
      target: index % 2 === 0 ? `/v1/token?access_token=${secret}` : `/bigquery/v2/projects/p/queries?key=${secret}`,
      httpVersion: '1.1',
      headers: [[names[index % names.length]!, `Bearer ${secret}`] as const],
    };
    const record = recorder.open(anIntent(session, { request, decision: { effect: 'deny', rules: [], reason: `Bearer ${secret}` } }));
    if (index % 2 === 0) record.requestBody(Buffer.from(`subject_token=${secret}`));
    record.upstreamRequest({
      method: 'POST',
      url: `https://bigquery.googleapis.com/x?access_token=${secret}`,
      headers: [['Authorization', secret]],
    });
    record.responseHead(200, [['set-cookie', secret]]);
    if (index % 2 === 0) record.responseBody(Buffer.from(`{"access_token":"${secret}"}`));
    await record.end(anEnd(10, { reason: `upstream said Bearer ${secret}` }));
  }
  await recorder.close();
  const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  for (const file of files) {
    const content = readFileSync(path.join(file.parentPath, file.name), 'latin1');
    expect(secrets.filter((secret) => content.includes(secret))).toEqual([]);
  }
  expect(files.length).toBeGreaterThan(2);
  remove();
});
