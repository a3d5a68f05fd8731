import { expect, test } from 'vitest';
import type { OpenSession } from './admin-client.ts';
import { pickSession } from './close-session.ts';

const open = (sessionId: string, name: string): OpenSession => ({
  sessionId,
  name,
  issuer: 'i',
  subject: 's',
  startedAt: '',
  lastSeenAt: '',
});

test('a session is picked by id or by a name that is its alone', () => {
  const sessions = [open('1', 'nightly'), open('2', 'ci'), open('3', 'ci')];
  expect(pickSession(sessions, 'nightly').sessionId).toBe('1');
  expect(pickSession(sessions, '3').name).toBe('ci');
  expect(() => pickSession(sessions, 'ci')).toThrow('2 open sessions are called ci; name one by its id: 2, 3.');
  expect(() => pickSession(sessions, 'x')).toThrow('Open: nightly, ci, ci.');
  expect(() => pickSession([], 'x')).toThrow('Open: none.');
});
