import { hash } from 'node:crypto';
import type { LeavesSummary } from './check-leaves.ts';
import { isEnvelopeSignedBy } from './dsse.ts';
import { parseVerifierKey, type VerifierKey } from './ed25519-key.ts';
import {
  bundlePaths,
  checkpointEntrySchema,
  consistencyLineSchema,
  custodySchema,
  envelopeSchema,
  hasSaltsApart,
  type Manifest,
  optionalPaths,
  type SessionHead,
  sessionHeadSchema,
  writerLeafSchema,
} from './format.ts';
import { isConsistent, leafHash, NO_HASH, rootFromInclusion } from './merkle-tree.ts';
import { envelopeIn, parseStatement, statementPath } from './open-bundle.ts';
import { parseJsonLine } from './read-evidence.ts';
import { checkNote } from './signed-note.ts';
import { parseTlogProof, type TlogProof } from './tlog-proof.ts';
import { readMember as readText } from './trust/read-member.ts';
import type { Report } from './verification.ts';
import type { ZipArchive } from './zip-archive.ts';

/** Keys in the bundle help to check a signature; only pinned ones say whose it is. */
export async function readHints(zip: ZipArchive): Promise<VerifierKey[]> {
  const text = (await readText(zip, bundlePaths.keys))?.toString('utf8') ?? '';
  return text
    .split('\n')
    .slice(0, 64)
    .map((line) => parseVerifierKey(line))
    .filter((key) => key !== undefined);
}

/** Digests that the custody log declares as taken out; its own form and chain are checked on the way. */
export async function checkCustody(zip: ZipArchive, report: Report): Promise<ReadonlySet<string>> {
  const redacted = new Set<string>();
  const lines = (await readText(zip, bundlePaths.custody))?.toString('utf8').split('\n') ?? [];
  if (lines.pop() !== '' || lines.length === 0) report.fault('custody', bundlePaths.custody, 'does not end as a log of lines ends');
  let prev = NO_HASH;
  for (const [seq, line] of lines.entries()) {
    const parsed = custodySchema.safeParse(parseJsonLine(Buffer.from(line)));
    if (!parsed.success) report.fault('custody', `line ${seq + 1}`, 'does not fit the format');
    else if (parsed.data.seq !== seq || parsed.data.prev !== prev)
      report.fault('custody', `line ${seq + 1}`, 'does not follow the line before it');
    if (parsed.success) for (const digest of parsed.data.redacted ?? []) redacted.add(digest);
    prev = hash('sha256', line, 'hex');
  }
  report.done('custody', bundlePaths.custody, `${lines.length} ${lines.length === 1 ? 'step is' : 'steps are'} chained`);
  return redacted;
}

/** `keys`: those of the candidates that signed the checkpoint. `claimedAt`: when, as the signer says. */
export type Recorded = {
  readonly head: SessionHead;
  readonly proof: TlogProof;
  readonly keys: readonly VerifierKey[];
  readonly claimedAt: string;
};

/** From the tree of the session to the signature of the gateway that recorded it. */
export async function checkRecorder(
  zip: ZipArchive,
  manifest: Manifest,
  leaves: LeavesSummary,
  candidates: readonly VerifierKey[],
  report: Report,
): Promise<Recorded | undefined> {
  const headBytes = await readText(zip, bundlePaths.sessionHead);
  const head = sessionHeadSchema.safeParse(headBytes && parseJsonLine(headBytes));
  if (headBytes === undefined || !head.success) {
    report.fault(
      'session-tree',
      bundlePaths.sessionHead,
      'is missing or does not fit the format',
      headBytes === undefined ? 'missing' : 'failed',
    );
    return undefined;
  }
  checkTree(head.data, leaves, manifest, report);
  const proof = parseTlogProof((await readText(zip, bundlePaths.proof))?.toString('utf8') ?? '');
  if (proof === undefined || proof.extra !== undefined || proof.extensions.length > 0) {
    report.fault('writer-log', bundlePaths.proof, 'is not a C2SP tlog-proof as Steno writes it');
    return undefined;
  }
  const { checkpoint } = proof;
  const root = rootFromInclusion(leafHash(headBytes), proof.index, checkpoint.size, proof.path);
  if (root !== checkpoint.root) report.fault('writer-log', bundlePaths.proof, 'does not prove that the head of the session is in the log');
  if (proof.index !== head.data.index || checkpoint.origin !== head.data.writer)
    report.fault('writer-log', bundlePaths.proof, 'is a proof about another entry or log');
  report.done(
    'writer-log',
    bundlePaths.proof,
    `the head is entry ${proof.index} of the log ${checkpoint.origin} of ${checkpoint.size} entries`,
  );
  await checkConsistency(zip, proof, report);
  const claimedAt = (await checkCheckpointEntry(zip, proof, report)) ?? head.data.at;
  const keys = checkCheckpoint(proof, candidates, report);
  return keys === undefined ? undefined : { head: head.data, proof, keys, claimedAt };
}

/** Proofs that came along must hold, whether anybody asks for them or not. */
async function checkConsistency(zip: ZipArchive, { checkpoint }: TlogProof, report: Report): Promise<void> {
  const subject = optionalPaths.consistency;
  if (!zip.entries.has(subject)) return;
  const lines = ((await readText(zip, subject)) ?? Buffer.alloc(0)).toString('utf8').split('\n');
  const isWhole = lines.pop() === '';
  const isSound = (line: string): boolean => {
    const parsed = consistencyLineSchema.safeParse(parseJsonLine(Buffer.from(line)));
    return parsed.success && isConsistent(parsed.data, checkpoint, parsed.data.proof);
  };
  if (!isWhole || lines.length === 0 || !lines.slice(0, 1_000).every(isSound))
    report.fault('writer-log', subject, 'holds a proof that does not lead to the checkpoint');
}

/** When the last entry under the checkpoint was written: the checkpoint was signed right after. */
async function checkCheckpointEntry(zip: ZipArchive, { checkpoint }: TlogProof, report: Report): Promise<string | undefined> {
  const subject = optionalPaths.checkpointEntry;
  if (!zip.entries.has(subject)) return undefined;
  const entry = checkpointEntrySchema.safeParse(parseJsonLine((await readText(zip, subject)) ?? Buffer.alloc(0)));
  const leaf = entry.success ? writerLeafSchema.safeParse(parseJsonLine(Buffer.from(entry.data.leaf))) : undefined;
  const index = checkpoint.size - 1;
  const root = entry.success ? rootFromInclusion(leafHash(entry.data.leaf), index, checkpoint.size, entry.data.path) : undefined;
  if (leaf?.success && leaf.data.index === index && root === checkpoint.root) return leaf.data.at;
  report.fault('writer-log', subject, 'is not the last entry under the checkpoint');
  return undefined;
}

function checkTree(head: SessionHead, leaves: LeavesSummary, manifest: Manifest, report: Report): void {
  const { tree, opening } = leaves;
  const subject = bundlePaths.sessionHead;
  if (head.size !== tree.size || head.root !== tree.root())
    report.fault('session-tree', subject, 'the records do not make the tree that was signed');
  const isSameSession =
    opening !== undefined &&
    head.sessionId === opening.sessionId &&
    head.number === opening.number &&
    head.name === opening.name &&
    head.writer === opening.writer &&
    head.openedAt === opening.startedAt &&
    head.disclosed['session-identity'] === opening.disclosed['session-identity'];
  if (!isSameSession) report.fault('session-tree', subject, 'describes another session than the records');
  if ((head.state === 'open') === leaves.isClosed)
    report.fault('session-tree', subject, `says that the session is ${head.state}, the records say otherwise`);
  const stated = manifest.steno;
  const isSameManifest =
    stated.sessionId === head.sessionId &&
    stated.sessionName === head.name &&
    stated.leaves === tree.size &&
    stated.exchanges === leaves.ended &&
    stated.snapshot === (head.state === 'open');
  if (!isSameManifest) report.fault('session-tree', bundlePaths.manifest, 'describes another session than the signed head');
  report.done('session-tree', subject, `${tree.size} records make the signed tree ${head.root.slice(0, 16)}…`);
}

/** The candidates that signed; `undefined` when there is none, or one of them did not sign what stands there. */
function checkCheckpoint(proof: TlogProof, candidates: readonly VerifierKey[], report: Report): readonly VerifierKey[] | undefined {
  const own = candidates.filter((key) => key.name === proof.checkpoint.origin);
  const judged = own.map((key) => ({ key, status: checkNote(proof.note, key) }));
  const valid = judged.filter((one) => one.status === 'valid').map((one) => one.key);
  if (judged.some((one) => one.status === 'invalid') || valid.length === 0) {
    const isAbsent = judged.every((one) => one.status === 'absent');
    const detail = isAbsent ? 'no key that could check the signature is pinned or in the bundle' : 'the signature of the log is wrong';
    report.fault('recorder-signature', proof.checkpoint.origin, detail, isAbsent ? 'missing' : 'failed');
    return undefined;
  }
  report.done('recorder-signature', proof.checkpoint.origin, 'the log is signed (Ed25519, C2SP checkpoint)');
  return valid;
}

/** Whether the exporter signed this very manifest. */
export async function checkStatement(
  zip: ZipArchive,
  manifest: Manifest,
  manifestSha256: string,
  report: Report,
): Promise<VerifierKey | undefined> {
  const { formatVersion: version } = manifest.steno;
  const subject = statementPath(version);
  const bytes = (await readText(zip, subject)) ?? Buffer.alloc(0);
  const value = envelopeIn(parseJsonLine(bytes), version);
  const envelope = envelopeSchema.safeParse(value);
  const parsed = parseStatement(value);
  if (!envelope.success || parsed === undefined) {
    report.fault('statement', subject, 'is missing or does not fit the format', zip.entries.has(subject) ? 'failed' : 'missing');
    return undefined;
  }
  const isAlone = !hasSaltsApart(version);
  if (isAlone && bytes.toString('utf8') !== `${JSON.stringify(envelope.data)}\n`)
    report.fault('statement', subject, 'is not as Steno writes it');
  const { statement, keyId } = parsed;
  const key = parseVerifierKey(keyId);
  if (key === undefined || !isEnvelopeSignedBy(envelope.data, key)) report.fault('statement', subject, "the exporter's signature is wrong");
  if (statement.subject[0].digest.sha256 !== manifestSha256) report.fault('statement', subject, 'is about another manifest');
  const { sessionId, exportedAt, software, formatVersion } = statement.predicate;
  const isSame =
    sessionId === manifest.steno.sessionId &&
    exportedAt === manifest.created &&
    software === manifest.software &&
    formatVersion === manifest.steno.formatVersion;
  if (!isSame) report.fault('statement', subject, 'contradicts the manifest');
  report.done('statement', subject, `exported by ${statement.predicate.exportedBy} at ${exportedAt}, signed (Ed25519, DSSE)`);
  return key === undefined || report.hasFault('statement') ? undefined : key;
}
