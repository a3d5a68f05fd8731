import { isSignedBy, type SignerKey, signBytes, type VerifierKey } from './ed25519-key.ts';

/** C2SP signed-note: https://c2sp.org/signed-note */
export type SignedNote = { readonly text: string; readonly signatures: readonly NoteSignature[] };
/** `line`: as it stands, without its newline. */
type NoteSignature = { readonly name: string; readonly keyId: string; readonly signature: Buffer; readonly line: string };

const MAX_SIGNATURES = 64;

/** One signature line a key, in their order: around a change of keys a note carries the old signature and the new. */
export function signNote(text: string, ...keys: readonly SignerKey[]): string {
  return `${text}\n${keys.map((key) => signatureLine(key.name, key.keyId, signBytes(key, Buffer.from(text)))).join('')}`;
}

export function signatureLine(name: string, keyId: string, signature: Uint8Array): string {
  return `\u2014 ${name} ${Buffer.concat([Buffer.from(keyId, 'hex'), signature]).toString('base64')}\n`;
}

/** `undefined`: not a note. Signatures are parsed, not judged. */
export function parseNote(note: string): SignedNote | undefined {
  const end = note.lastIndexOf('\n\n');
  if (end < 0 || !note.endsWith('\n') || hasControlCharacters(note)) return undefined;
  const text = note.slice(0, end + 1);
  const lines = note.slice(end + 2, -1).split('\n');
  const signatures = lines.map(parseSignature).filter((signature) => signature !== undefined);
  return signatures.length === lines.length && lines.length <= MAX_SIGNATURES ? { text, signatures } : undefined;
}

function parseSignature(line: string): NoteSignature | undefined {
  const [, name, base64] = /^\u2014 ([^\s\x7f\x85+]+) ([A-Za-z0-9+/]+=*)$/u.exec(line) ?? [];
  const bytes = Buffer.from(base64 ?? '', 'base64');
  if (name === undefined || bytes.length < 5 || bytes.toString('base64') !== base64) return undefined;
  return { name, keyId: bytes.toString('hex', 0, 4), signature: bytes.subarray(4), line };
}

/** Whether `key` signed the note: `absent` when no signature claims to be its own. */
export function checkNote(note: SignedNote, key: VerifierKey): 'valid' | 'invalid' | 'absent' {
  const own = note.signatures.filter((signature) => signature.name === key.name && signature.keyId === key.keyId);
  if (own.length === 0) return 'absent';
  return own.every((signature) => isSignedBy(key, Buffer.from(note.text), signature.signature)) ? 'valid' : 'invalid';
}

function hasControlCharacters(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code < 0x20 && code !== 0x0a) return true;
  }
  return false;
}
