import { readFile, stat } from 'node:fs/promises';
import { canonicalJson } from '../base/canonical-json.ts';
import { parseVerifierKey } from './ed25519-key.ts';
import { type WriterLeaf, writerLeafSchema } from './format.ts';
import { leafHash, rootFromInclusion } from './merkle-tree.ts';
import { digestOfList, MAX_RECEIPT_BYTES, parseReceipt, type Receipt } from './receipt.ts';
import { parseTlogProof, type TlogProof } from './tlog-proof.ts';
import { judgeLog } from './trust/judge-log.ts';
import type { TrustRoot } from './trust/trust-root.ts';
import type { CheckStatus, Signer, Verdict } from './verification.ts';

const receiptChecks = [
  'receipt',
  'entry',
  'digests',
  'writer-log',
  'key-rotation',
  'recorder-signature',
  'recorder-key',
  'key-validity',
] as const;
type ReceiptCheck = { readonly name: (typeof receiptChecks)[number]; readonly status: CheckStatus; readonly detail: string };

export type ReceiptVerification = {
  readonly path: string;
  readonly verdict: Verdict;
  readonly entry: WriterLeaf | undefined;
  readonly signer: Signer | undefined;
  readonly checks: readonly ReceiptCheck[];
};

type ReceiptOptions = { readonly pinnedKeys: readonly string[]; readonly trustRoot?: TrustRoot | undefined };

type Found = Omit<ReceiptCheck, 'name'>;
type FoundChecks = Partial<Record<ReceiptCheck['name'], Found>>;
const passed = (detail: string): Found => ({ status: 'passed', detail });
const failed = (detail: string): Found => ({ status: 'failed', detail });
const missing = (detail: string): Found => ({ status: 'missing', detail });

/** What they say of trust, not of the evidence: what is missing there makes the verdict amber. */
const trustChecks: ReadonlySet<string> = new Set(['recorder-key', 'key-validity']);

/** Checks a receipt with nothing but the file and what the reader trusts. Never throws on bad data. */
export async function verifyReceipt(path: string, options: ReceiptOptions): Promise<ReceiptVerification> {
  const isSmall = (await stat(path)).size <= MAX_RECEIPT_BYTES;
  const receipt = isSmall ? parseReceipt(await readFile(path, 'utf8')) : undefined;
  if (receipt === undefined) return conclude(path, undefined, undefined, { receipt: failed('is not a receipt of Steno') });
  const entry = parseEntry(receipt.entry);
  const proof = parseProof(receipt.proof);
  const { found, signer } = checkSignature(receipt, entry, proof, options);
  return conclude(path, entry, signer, {
    receipt: passed('fits the format'),
    entry: entry === undefined ? failed('does not fit the format, or is not canonical JSON') : passed(describeEntry(entry)),
    digests: checkDigests(receipt, entry),
    'writer-log': checkInclusion(receipt, entry, proof),
    ...found,
  });
}

function conclude(path: string, entry: WriterLeaf | undefined, signer: Signer | undefined, found: FoundChecks): ReceiptVerification {
  const unjudged: Found = { status: 'skipped', detail: 'could not be judged because of the faults above' };
  const unasked: Found = { status: 'skipped', detail: 'no trust root says when this key is valid' };
  const checks = receiptChecks.map((name) => ({
    name,
    ...(found[name] ?? (name === 'key-validity' && signer !== undefined ? unasked : unjudged)),
  }));
  const isBad = ({ name, status }: ReceiptCheck): boolean => (trustChecks.has(name) ? status === 'failed' : status !== 'passed');
  const isWanting = checks.some(({ name, status }) => trustChecks.has(name) && status === 'missing');
  const verdict = checks.some(isBad) ? 'not-sound' : isWanting ? 'sound-unknown-key' : 'sound';
  return { path, verdict, entry, signer, checks };
}

function parseEntry(text: string): WriterLeaf | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const parsed = writerLeafSchema.safeParse(value);
    return parsed.success && text.isWellFormed() && canonicalJson(value) === text ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

/** C2SP allows more lines than Steno writes; nobody signed those for a receipt. */
function parseProof(text: string): TlogProof | undefined {
  const proof = parseTlogProof(text);
  return proof?.extra === undefined && proof?.extensions.length === 0 ? proof : undefined;
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
  if (proof === undefined) return failed('the proof is not a C2SP tlog-proof as Steno writes it');
  const { checkpoint, index, path } = proof;
  if (entry !== undefined && entry.index !== index) return failed('the proof is about another entry');
  if (rootFromInclusion(leafHash(receipt.entry), index, checkpoint.size, path) !== checkpoint.root)
    return failed('the proof does not show that the entry is in the log');
  if (receipt.last !== undefined && readLast(receipt.last, proof) === undefined) return failed('what it calls the last entry is not');
  return passed(`entry ${index} of the log ${checkpoint.origin} of ${checkpoint.size} entries`);
}

/** `undefined`: not the last entry under the checkpoint. */
function readLast({ leaf: text, path }: NonNullable<Receipt['last']>, { checkpoint }: TlogProof): WriterLeaf | undefined {
  const leaf = parseEntry(text);
  const index = checkpoint.size - 1;
  const isLast = leaf?.index === index && rootFromInclusion(leafHash(text), index, checkpoint.size, path) === checkpoint.root;
  return isLast ? leaf : undefined;
}

function checkSignature(
  receipt: Receipt,
  entry: WriterLeaf | undefined,
  proof: TlogProof | undefined,
  { pinnedKeys, trustRoot }: ReceiptOptions,
): { found: FoundChecks; signer: Signer | undefined } {
  if (proof === undefined) return { found: { 'recorder-signature': failed('there is no checkpoint') }, signer: undefined };
  const { keys, rotations = [], last } = receipt;
  const claimed = (last && readLast(last, proof)) ?? entry;
  const pinned = pinnedKeys.map((key) => parseVerifierKey(key)).filter((key) => key !== undefined);
  const { checks, signer } = judgeLog(proof.note, proof.checkpoint.origin, claimed?.at ?? '', { keys, rotations }, pinned, trustRoot);
  return { found: Object.fromEntries(checks.map(({ name, status, detail }) => [name, { status, detail }])), signer };
}
