import { expect, test } from 'vitest';
import { Browser } from '../testing/browser.ts';
import { peopleForFile } from '../testing/people-for-file.ts';
import type { PeopleGateway } from '../testing/start-people.ts';

let people: PeopleGateway;

peopleForFile((started) => {
  people = started;
  people.oidc.person = { subject: 'ada', claims: { email: 'ada@example.com', name: 'Ada Lovelace', groups: ['analysts'] } };
});

const at = (path: string): string => `${people.url}/console${path}`;
const recorded = () =>
  people.gateway.recorder.exchanges.map(({ intent, status, end }) => ({
    what: intent.methodId,
    who: intent.principal.subject,
    session: people.gateway.recorder.sessions.get(intent.sessionId)?.name,
    effect: intent.decision.effect,
    status,
    outcome: end?.outcome,
  }));
const csrfOf = (text: string): string => /name="csrf" value="([^"]+)"/.exec(text)![1]!;

test('signing in, the keys one makes and gives back, and signing out stand in the session of that person', async () => {
  const browser = new Browser();
  const { text } = await browser.get(at('/oidc/corp/start'));
  const csrf = csrfOf(text);
  const made = await browser.post(at('/credentials'), { csrf, label: 'laptop' });
  const id = /credentials\/([0-9a-f-]{36})/.exec(made.url)![1]!;
  await browser.post(at(`/credentials/${id}/revoke`), { csrf });
  await browser.post(at('/sign-out'), { csrf });
  const done = { who: 'ada', session: 'console', effect: 'allow', status: 303, outcome: 'answered' };
  expect(recorded()).toEqual([
    { ...done, what: 'steno.sign-in' },
    { ...done, what: 'steno.credential-issue' },
    { ...done, what: 'steno.credential-revoke' },
    { ...done, what: 'steno.sign-out' },
  ]);
  // Codes, states and cookies are credentials.
  const all = JSON.stringify(people.gateway.recorder.exchanges);
  for (const secret of ['code=', 'state=', csrf]) expect(all).not.toContain(secret);
  expect(people.gateway.recorder.exchanges[0]?.intent.request.target).toBe('/console/oidc/corp/callback');
});

test('who is turned away is recorded with the reason', async () => {
  people.gateway.recorder.exchanges.length = 0;
  await new Browser().get(at('/oidc/corp/callback?code=stolen&state=s'));
  expect(recorded()).toEqual([
    { what: 'steno.sign-in', who: 'unauthenticated', session: 'unauthenticated', effect: 'deny', status: 400, outcome: 'refused' },
  ]);
  expect(people.gateway.recorder.exchanges[0]?.intent.decision.reason).toContain('ten minutes');
  expect(JSON.stringify(people.gateway.recorder.exchanges)).not.toContain('stolen');
});

test('nobody signs in while nothing can be recorded', async () => {
  people.gateway.recorder.down = Object.assign(new Error('the disk is full'), { name: 'RecorderDown' });
  try {
    const browser = new Browser();
    const page = await browser.get(at('/oidc/corp/start'));
    expect(page.status).toBeGreaterThanOrEqual(500);
    expect(browser.cookie('steno-login')).toBeUndefined();
  } finally {
    people.gateway.recorder.down = undefined;
  }
});
