import { beforeEach, expect, test } from 'vitest';
import type { MethodMatch } from '../../shared/bigquery/match-method.ts';
import type { Exchange, Principal } from '../exchange.ts';
import { type OpenSession, Sessions } from './sessions.ts';

const minute = 60_000;
let now: number;
let closed: string[];
let sessions: Sessions;

beforeEach(() => {
  now = Date.parse('2026-01-01T00:00:00Z');
  closed = [];
  const onClosed = async ({ sessionId }: OpenSession, reason: string): Promise<void> => void closed.push(`${sessionId} ${reason}`);
  sessions = new Sessions({ idleMs: 30 * minute, maxAgeMs: 12 * 60 * minute }, onClosed, () => now);
});

const ada = { issuer: 'https://i.example', subject: 'ada' };

test('one principal under one name is one session; another name, subject or issuer is another', () => {
  const { sessionId } = sessions.find(ada, 'default');
  expect(sessions.find(ada, 'default').sessionId).toBe(sessionId);
  for (const [principal, name] of [
    [ada, 'other'],
    [{ ...ada, subject: 'bob' }, 'default'],
    [{ ...ada, issuer: 'https://j.example' }, 'default'],
  ] as const) {
    expect(sessions.find(principal, name).sessionId).not.toBe(sessionId);
  }
});

test('no subject or name can be made to look like another’s session', () => {
  const one = sessions.find({ issuer: 'i', subject: 'a\nb' }, 'c');
  expect(sessions.find({ issuer: 'i', subject: 'a' }, 'b\nc').sessionId).not.toBe(one.sessionId);
});

test('30 idle minutes end it, activity keeps it, 12 hours end it all the same', () => {
  const first = sessions.find(ada, 'default').sessionId;
  now += 30 * minute;
  expect(sessions.find(ada, 'default').sessionId).toBe(first);
  now += 31 * minute;
  const second = sessions.find(ada, 'default').sessionId;
  expect(closed).toEqual([`${first} idle`]);
  for (let passed = 0; passed < 12 * 60; passed += 20) {
    now += 20 * minute;
    sessions.find(ada, 'default');
  }
  now += minute;
  expect(sessions.find(ada, 'default').sessionId).not.toBe(second);
  expect(closed).toEqual([`${first} idle`, `${second} max-age`]);
});

test('a session nobody comes back to is closed too', () => {
  const { sessionId } = sessions.find(ada, 'default');
  now += 31 * minute;
  expect(sessions.list()).toEqual([]);
  expect(closed).toEqual([`${sessionId} idle`]);
});

test.each<[string, string | undefined, string | undefined, string]>([
  ['the path prefix comes first', 'from-path', 'from-token', 'from-path'],
  ['then the audience or claim', undefined, 'from-token', 'from-token'],
  ['else default', undefined, undefined, 'default'],
  ['an unusable name is none', undefined, 'a\nb', 'default'],
])('name: %s', (_, fromPath, fromToken, name) => {
  const principal: Principal = {
    ...ada,
    kind: 'agent',
    groups: [],
    actChain: [],
    ...(fromToken === undefined ? {} : { sessionName: fromToken }),
  };
  const call = (fromPath === undefined ? {} : { sessionName: fromPath }) as MethodMatch;
  const exchange = { principal, call, session: undefined } as unknown as Exchange;
  sessions.attach(exchange);
  expect(exchange.session!.name).toBe(name);
});
