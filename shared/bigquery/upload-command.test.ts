import { describe, expect, test } from 'vitest';
import { toCommandAnswer, toResumableRequest } from './upload-command.ts';

const target = '/upload/bigquery/v2/projects/p/jobs';
const begun = `${target}?uploadType=resumable&upload_id=u1`;
const command = (name: string, more: Record<string, string> = {}) => ({ 'x-goog-upload-command': name, ...more });

describe('a command means one request of the older spelling', () => {
  test('start', () => {
    const headers = command('start', { 'x-goog-upload-header-content-type': 'text/csv', 'x-goog-upload-header-content-length': '8' });
    expect(toResumableRequest('POST', target, headers)).toEqual({
      command: 'start',
      request: {
        httpMethod: 'POST',
        target: `${target}?uploadType=resumable`,
        headers: { 'x-upload-content-type': 'text/csv', 'x-upload-content-length': '8' },
      },
    });
    expect(toResumableRequest('POST', `${target}?prettyPrint=false`, headers)).toMatchObject({
      request: { target: `${target}?prettyPrint=false&uploadType=resumable` },
    });
  });

  test.each([
    ['upload', { 'x-goog-upload-offset': '0', 'content-length': '4' }, 'bytes 0-3/*'],
    ['upload', { 'x-goog-upload-offset': '4', 'content-length': '0' }, 'bytes */*'],
    ['upload, finalize', { 'x-goog-upload-offset': '4', 'content-length': '4' }, 'bytes 4-7/8'],
    ['upload,finalize', { 'content-length': '4' }, 'bytes 0-3/4'],
    ['upload, finalize', { 'x-goog-upload-offset': '0' }, 'bytes 0-*/*'],
    ['finalize', { 'x-goog-upload-offset': '8' }, 'bytes */8'],
    ['query', {}, 'bytes */*'],
  ])('%s %o → PUT, %s', (name, headers, range) => {
    expect(toResumableRequest('POST', begun, command(name, headers as Record<string, string>))).toMatchObject({
      request: { httpMethod: 'PUT', target: begun, headers: { 'content-range': range } },
    });
  });

  test('cancel', () => {
    expect(toResumableRequest('POST', begun, command('cancel'))).toMatchObject({ request: { httpMethod: 'DELETE', headers: {} } });
  });

  test.each([
    ['another command', command('evil')],
    ['an offset that is none', command('upload', { 'x-goog-upload-offset': '-1', 'content-length': '4' })],
    ['a part of unknown length', command('upload', { 'x-goog-upload-offset': '0' })],
  ])('%s is refused', (_, headers) => expect(toResumableRequest('POST', begun, headers)).toEqual(expect.any(String)));

  test('without a command, or with another verb, a request means what it says', () => {
    expect(toResumableRequest('POST', target, {})).toBeUndefined();
    expect(toResumableRequest('PUT', begun, command('upload'))).toBeUndefined();
    expect(toResumableRequest('POST', '/bigquery/v2/projects/p/datasets/d?x=/upload/', command('cancel'))).toBeUndefined();
    expect(toResumableRequest('POST', '/s/t/resumable/upload/bigquery/v2/projects/p/jobs', command('start'))).toBeDefined();
  });
});

describe('answers', () => {
  test.each([
    ['start', 200, { location: 'https://gw/u1' }, 200, { 'x-goog-upload-status': 'active', 'x-goog-upload-url': 'https://gw/u1' }],
    ['upload', 308, { range: 'bytes=0-3' }, 200, { 'x-goog-upload-status': 'active', 'x-goog-upload-size-received': '4' }],
    ['query', 308, {}, 200, { 'x-goog-upload-status': 'active', 'x-goog-upload-size-received': '0' }],
    ['upload, finalize', 200, {}, 200, { 'x-goog-upload-status': 'final' }],
    ['cancel', 499, {}, 200, { 'x-goog-upload-status': 'cancelled' }],
    ['upload, finalize', 400, {}, 400, { 'x-goog-upload-status': 'final' }],
  ] as const)('%s answered %i', (name, status, headers, newStatus, newHeaders) => {
    expect(toCommandAnswer(name, status, headers as Record<string, string>)).toEqual({ status: newStatus, headers: newHeaders });
  });
});
