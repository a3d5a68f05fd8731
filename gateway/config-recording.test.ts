import { expect, it } from 'vitest';
import { parseConfig } from './config.ts';

const recipient = 'age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p';

const parse = (recording: string) =>
  parseConfig(
    `
dataDirectory: ./data
policy: { directory: ./policy }
issuers: [{ issuer: 'https://idp.example', audience: gw }]
connections: [{ name: main, projects: ['*'], credentials: none }]
${recording}`,
    '/etc/steno',
  );

it('nobody holds an escrow unless told', () => {
  const parsed = parse('');
  expect(parsed.ok && parsed.value.recording).toEqual({});
});

it('an escrow names its age recipients', () => {
  const parsed = parse(`recording: { escrow: { recipients: [${recipient}] } }`);
  expect(parsed.ok && parsed.value.recording.escrow?.recipients).toEqual([recipient]);
});

it.each([
  ['an e-mail address', '{ escrow: { recipients: [auditor@acme.test] } }', 'recording.escrow.recipients[0]'],
  ['a secret key', '{ escrow: { recipients: [AGE-SECRET-KEY-1QQPQYQ] } }', 'recording.escrow.recipients[0]'],
  ['nobody', '{ escrow: { recipients: [] } }', 'recording.escrow.recipients'],
  ['another word', '{ sealed: true }', 'recording.sealed'],
])('%s is a mistake, and it says where', (_, recording, path) => {
  const parsed = parse(`recording: ${recording}`);
  expect(parsed.ok).toBe(false);
  expect(!parsed.ok && parsed.error.map((mistake) => mistake.path)).toEqual([path]);
});
