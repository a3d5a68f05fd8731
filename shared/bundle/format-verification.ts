import type { Check, Verdict, Verification } from './verification.ts';

const marks = { passed: '✓', failed: '✗', missing: '?', skipped: '–' } as const;

/** What a person reads: who, each check, and the verdict in one sentence. */
export function formatVerification(verification: Verification): string[] {
  const { sessionName, sessionId, manifestSha256, signers, checks } = verification;
  const session = sessionId === undefined ? [] : [`session   ${sessionName} (${sessionId})`, `manifest  sha256:${manifestSha256}`];
  const who = signers.map(({ role, name, fingerprint, isPinned }) => {
    return `${role === 'recorder' ? 'recorded' : 'exported'}  by ${name}, key ${fingerprint}${isPinned ? '' : ' (not pinned)'}`;
  });
  const lines = checks.map(({ name, subject, status, detail }: Check) => `  ${marks[status]} ${name.padEnd(19)}${subject}: ${detail}`);
  return [`bundle    ${verification.path}`, ...session, ...who, '', ...lines, '', toSentence(verification)].map(visible);
}

/** Names come from the bundle: control and bidi characters must not repaint the terminal. */
const visible = (line: string): string =>
  line.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`);

function toSentence({ verdict, signers, checks }: Verification): string {
  const recorder = signers.find((signer) => signer.role === 'recorder');
  if (verdict === 'sound') return `Sound: recorded by ${recorder?.name}, whose key you pinned.`;
  if (verdict === 'not-sound')
    return 'NOT SOUND: do not rely on this bundle. Fetch it again from whoever exported it, and verify that copy.';
  const wanting = checks.filter(({ name, status }) => status === 'missing' && !name.endsWith('-key'));
  if (recorder?.isPinned === true && wanting.length > 0)
    return `Self-consistent, but not green: ${wanting.map(({ name, detail }) => `${name}: ${detail}`).join('; ')}.`;
  return `Self-consistent, signer unknown: nothing was altered since ${recorder?.name} signed it, but nobody pinned that key. Get the key from the gateway's operator ("steno keys"), compare its fingerprint ${recorder?.fingerprint}, and pin it.`;
}

/** `steno verify`: 0 sound, 1 sound but the key is unknown, 2 not sound. */
export const exitCodes: Readonly<Record<Verdict, 0 | 1 | 2>> = { sound: 0, 'sound-unknown-key': 1, 'not-sound': 2 };

export const formatVerificationJson = (verification: Verification): string => JSON.stringify(verification, undefined, 2);
