import { expect, test } from 'vitest';
import { parseCheckpoint, signCheckpoint } from './checkpoint.ts';
import { fingerprintOf, parseSecretText, parseVerifierKey, toSecretText, toSignerKey } from './ed25519-key.ts';
import { checkNote, parseNote, signNote } from './signed-note.ts';

// The example of golang.org/x/mod/sumdb/note: key, text and signature as published there.
const publicText = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
const secretText = 'PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz';
const note =
  "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

test("Go's published note verifies, and signing its text yields its bytes", () => {
  const key = parseSecretText(secretText)!;
  expect(key.text).toBe(publicText);
  expect(toSecretText(key)).toBe(secretText);
  expect(checkNote(parseNote(note)!, parseVerifierKey(publicText)!)).toBe('valid');
  expect(signNote(parseNote(note)!.text, key)).toBe(note);
});

test('another text, key or signature does not', () => {
  const key = parseVerifierKey(publicText)!;
  expect(checkNote(parseNote(note.replace('answer', 'question'))!, key)).toBe('invalid');
  expect(checkNote(parseNote(note.replace('x08go/ZJ', 'x08go/ZK'))!, key)).toBe('invalid');
  expect(checkNote(parseNote(note)!, toSignerKey('PeterNeumann', Buffer.alloc(32, 1)))).toBe('absent');
  expect(parseVerifierKey(publicText.replace('c74f20a3', 'c74f20a4'))).toBeUndefined();
  expect(parseNote(note.replace('problem,', 'problem,\r'))).toBeUndefined();
  expect(parseNote(note.trimEnd())).toBeUndefined();
});

test('a checkpoint says origin, size and root, and nothing malformed passes', () => {
  const key = toSignerKey('example.com/log', Buffer.alloc(32, 7));
  const text = signCheckpoint({ origin: key.name, size: 12, root: 'ab'.repeat(32) }, key);
  expect(parseCheckpoint(text)?.checkpoint).toEqual({ origin: 'example.com/log', size: 12, root: 'ab'.repeat(32) });
  expect(parseCheckpoint(text.replace('\n12\n', '\n012\n'))).toBeUndefined();
  expect(parseCheckpoint(text.replace('\n12\n', '\n-1\n'))).toBeUndefined();
  expect(parseCheckpoint(text.replace('\n12\n', '\n'))).toBeUndefined();
  expect(fingerprintOf(key)).toMatch(/^([0-9a-f]{4}-){7}[0-9a-f]{4}$/);
});
