import { closeSync, openSync, readSync } from 'node:fs';
import type { ReceiptVerification } from './verify-receipt.ts';

const marks = { passed: '✓', failed: '✗', missing: '?', skipped: '–' } as const;

/** Receipts are JSON, bundles are ZIPs: the first byte tells them apart. */
export function isReceiptFile(path: string): boolean {
  const fd = openSync(path, 'r');
  try {
    const first = Buffer.alloc(1);
    return readSync(fd, first, 0, 1, 0) === 1 && first[0] === 0x7b;
  } finally {
    closeSync(fd);
  }
}

/** What a person reads of a receipt. */
export function formatReceiptVerification({ path, verdict, entry, signer, checks }: ReceiptVerification): string[] {
  const reason = entry !== undefined && 'reason' in entry && entry.reason !== undefined ? [`because   ${entry.reason}`] : [];
  const who =
    signer === undefined ? [] : [`signed    by ${signer.name}, key ${signer.fingerprint}${signer.isPinned ? '' : ' (not pinned)'}`];
  const lines = checks.map(({ name, status, detail }) => `  ${marks[status]} ${name.padEnd(19)}${detail}`);
  return [`receipt   ${path}`, ...reason, ...who, '', ...lines, '', sentences[verdict]].map(visible);
}

const sentences = {
  sound: 'Sound: the entry stands in the log of a gateway whose key you pinned.',
  'sound-unknown-key':
    'Self-consistent, signer unknown: get the key from the gateway\'s operator ("steno keys"), compare its fingerprint, and pin it.',
  'not-sound': 'NOT SOUND: do not rely on this receipt. Ask whoever gave it to you for it again.',
} as const;

/** Reasons come from the file: control and bidi characters must not repaint the terminal. */
const visible = (line: string): string =>
  line.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`);
