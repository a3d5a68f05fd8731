import { readFile, stat } from 'node:fs/promises';
import { canonicalJson } from '../base/canonical-json.ts';
import { fingerprintOf, parseVerifierKey, type VerifierKey } from './ed25519-key.ts';
import { type WriterLeaf, writerLeafSchema } from './format.ts';
import { leafHash, rootFromInclusion } from './merkle-tree.ts';
import { digestOfList, MAX_RECEIPT_BYTES, parseReceipt, type Receipt } from './receipt.ts';
import { checkNote } from './signed-note.ts';
import { parseTlogProof, type TlogProof } from './tlog-proof.ts';
import type { CheckStatus, Signer, Verdict } from './verification.ts';

export const receiptChecks = ['receipt', 'entry', 'digests', 'writer-log', 'recorder-signature', 'recorder-key'] as const;
export type ReceiptCheck = { readonly name: (typeof receiptChecks)[number]; readonly status: CheckStatus; readonly detail: string };

export type ReceiptVerification = {
  readonly path: string;
  readonly verdict: Verdict;
  readonly entry: WriterLeaf | undefined;
  readonly signer: Signer | undefined;
  readonly checks: readonly ReceiptCheck[];
};

type Found = Omit<ReceiptCheck, 'name'>;
const passed = (detail: string): Found => ({ status: 'passed', detail });
const failed = (detail: string): Found => ({ status: 'failed', detail });
const missing = (detail: string): Found => ({ status: 'missing', detail });

/** Checks a receipt with nothing but the file and the keys that the reader pinned. Never throws on bad data. */
export async function verifyReceipt(path: string, options: { readonly pinnedKeys: readonly string[] }): Promise<ReceiptVerification> {
  const isSmall = (await stat(path)).size <= MAX_RECEIPT_BYTES;
  const receipt = isSmall ? parseReceipt(await readFile(path, 'utf8')) : undefined;
  if (receipt === undefined) return conclude(path, undefined, undefined, { receipt: failed('is not a receipt of Steno') });
  const pinned = options.pinnedKeys.map((key) => parseVerifierKey(key)).filter((key) => key !== undefined);
  const entry = parseEntry(receipt.entry);
  const proof = parseTlogProof(receipt.proof);
  const { signature, signer } = checkSignature(receipt, proof, pinned);
  return conclude(path, entry, signer, {
    receipt: passed('fits the format'),
    entry: entry === undefined ? failed('does not fit the format, or is not canonical JSON') : passed(describeEntry(entry)),
    digests: checkDigests(receipt, entry),
    'writer-log': checkInclusion(receipt, entry, proof),
    'recorder-signature': signature,
    'recorder-key': checkKey(signer),
  });
}

function conclude(
  path: string,
  entry: WriterLeaf | undefined,
  signer: Signer | undefined,
  found: Partial<Record<ReceiptCheck['name'], Found>>,
): ReceiptVerification {
  const skipped: Found = { status: 'skipped', detail: 'could not be judged because of the faults above' };
  const checks = receiptChecks.map((name) => ({ name, ...(found[name] ?? skipped) }));
  const isSound = checks.every((check) => check.status === 'passed' || check.name === 'recorder-key');
  const verdict = !isSound ? 'not-sound' : signer?.isPinned ? 'sound' : 'sound-unknown-key';
  return { path, verdict, entry, signer, checks };
}

function parseEntry(text: string): WriterLeaf | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const parsed = writerLeafSchema.safeParse(value);
    return parsed.success && canonicalJson(value) === text ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

function describeEntry(entry: WriterLeaf): string {
  const by = 'by' in entry ? ` by ${entry.by}` : '';
  const session = 'sessionId' in entry && entry.sessionId !== undefined ? ` of session ${entry.sessionId}` : '';
  const state = 'state' in entry ? ` ${entry.state}` : '';
  return `${entry.kind}${state}${session}${by} at ${entry.at}`;
}

function checkDigests(receipt: Receipt, entry: WriterLeaf | undefined): Found {
  if (entry === undefined) return failed('there is no entry to compare them with');
  const list = 'list' in entry ? entry.list : undefined;
  const { digests } = receipt;
  if (list === undefined) {
    if (digests !== undefined) return failed('the receipt lists digests that its entry does not speak of');
    const count = 'digests' in entry ? entry.digests.length : 0;
    return passed(count === 0 ? 'the entry takes nothing out by itself' : `${count} digests of what is gone stand in the entry`);
  }
  if (digests === undefined) return missing('the list of what is gone is not in the receipt');
  const isSame = digests.length === list.count && digestOfList(digests) === list.sha256;
  return isSame
    ? passed(`${list.count} digests of what is gone are those of the entry`)
    : failed('the list is not the one that the entry names');
}

function checkInclusion(receipt: Receipt, entry: WriterLeaf | undefined, proof: TlogProof | undefined): Found {
  if (proof === undefined) return failed('the proof is not a C2SP tlog-proof');
  const { checkpoint, index, path } = proof;
  if (entry !== undefined && entry.index !== index) return failed('the proof is about another entry');
  if (rootFromInclusion(leafHash(receipt.entry), index, checkpoint.size, path) !== checkpoint.root)
    return failed('the proof does not show that the entry is in the log');
  return passed(`entry ${index} of the log ${checkpoint.origin} of ${checkpoint.size} entries`);
}

function checkSignature(receipt: Receipt, proof: TlogProof | undefined, pinned: readonly VerifierKey[]) {
  if (proof === undefined) return { signature: failed('there is no checkpoint'), signer: undefined };
  const hints = receipt.keys.map((key) => parseVerifierKey(key)).filter((key) => key !== undefined);
  const judged = [...pinned, ...hints]
    .filter((key) => key.name === proof.checkpoint.origin)
    .map((key) => ({ key, status: checkNote(proof.note, key) }));
  const valid = judged.find((one) => one.status === 'valid');
  if (judged.some((one) => one.status === 'invalid')) return { signature: failed('the signature of the log is wrong'), signer: undefined };
  if (valid === undefined)
    return { signature: missing('no key that could check the signature is pinned or in the receipt'), signer: undefined };
  const { key } = valid;
  const isPinned = pinned.some((one) => one.text === key.text);
  const signer: Signer = { role: 'recorder', name: key.name, key: key.text, fingerprint: fingerprintOf(key), isPinned };
  return { signature: passed('the log is signed (Ed25519, C2SP checkpoint)'), signer };
}

function checkKey(signer: Signer | undefined): Found {
  if (signer === undefined) return failed('nobody is known to have signed');
  if (signer.isPinned) return passed(`pinned (${signer.fingerprint})`);
  return missing(`nobody pinned this key (${signer.fingerprint}): who holds it is unknown`);
}
