import type { LeavesSummary } from '../check-leaves.ts';
import { checkRecorder, checkStatement, type Recorded, readHints } from '../check-signatures.ts';
import { fingerprintOf, type VerifierKey } from '../ed25519-key.ts';
import type { Manifest } from '../format.ts';
import type { Report, Signer } from '../verification.ts';
import type { ZipArchive } from '../zip-archive.ts';
import { checkTimestamp, checkWitnesses } from './check-attestations.ts';
import { checkRotations } from './check-rotations.ts';
import { type FollowedKey, followRotations } from './follow-rotations.ts';
import { judgeKeyAt, type KeyJudgement, type SigningTime } from './judge-key.ts';
import { type TrustedKey, type TrustRoot, toKeys } from './trust-root.ts';

/** What the reader knew beforehand. */
export type Trusted = { readonly pinned: readonly VerifierKey[]; readonly root: TrustRoot | undefined };

type Judged = { readonly key: VerifierKey; readonly followed: FollowedKey | undefined; readonly validity: KeyJudgement | undefined };

/** Who recorded and who exported, whether the reader knows them, and whether their keys were good then. */
export async function checkSigners(
  zip: ZipArchive,
  manifest: Manifest,
  manifestSha256: string,
  leaves: LeavesSummary,
  { pinned, root }: Trusted,
  report: Report,
): Promise<Signer[]> {
  const rotations = await checkRotations(zip, report);
  const reached = followRotations([...pinned, ...toKeys(root?.writers)], rotations, root);
  const known = rotations.flatMap(({ from, to }) => [from, to]);
  const candidates = [...pinned, ...toKeys(root?.writers), ...known, ...(await readHints(zip))];
  const recorded = await checkRecorder(zip, manifest, leaves, withoutRepeats(candidates), report);
  const exporterKey = await checkStatement(zip, manifest, manifestSha256, report);
  const recorder = recorded && bestOf(recorded, await signingTime(zip, recorded, root, report), reached, root);
  const exporter = exporterKey && judgeExporter(exporterKey, manifest.created, pinned, root);
  reportValidity([recorder, exporter], report);
  return [...toSigner('recorder', recorder, report), ...toSigner('exporter', exporter, report)];
}

const withoutRepeats = (keys: readonly VerifierKey[]): VerifierKey[] => [...new Map(keys.map((key) => [key.text, key])).values()];

async function signingTime(
  zip: ZipArchive,
  { proof, claimedAt }: Recorded,
  root: TrustRoot | undefined,
  report: Report,
): Promise<SigningTime> {
  const times = [await checkTimestamp(zip, proof, root, report), checkWitnesses(proof, root, report)];
  return { claimed: claimedAt, proven: times.filter((time) => time !== undefined).sort()[0] };
}

/** Around a change of keys two have signed: the one that the reader knows best speaks. */
function bestOf({ keys }: Recorded, time: SigningTime, reached: ReadonlyMap<string, FollowedKey>, root: TrustRoot | undefined): Judged {
  const judged = keys.map((key): Judged => {
    const followed = reached.get(key.text);
    const entry = root?.writers.find(({ vkey }) => vkey === key.text);
    return { key, followed, validity: entry === undefined ? judgeFollowed(followed, time) : judgeKeyAt(entry, time) };
  });
  return judged.sort((left, right) => rank(left) - rank(right))[0]!;
}

const order = ['passed', 'missing', 'failed'];
const rank = ({ followed, validity }: Judged): number => (followed === undefined ? 9 : order.indexOf(validity?.status ?? 'passed'));

/** A newer key vouches for the one before it up to the end of their overlap. */
function judgeFollowed(followed: FollowedKey | undefined, { claimed }: SigningTime): KeyJudgement | undefined {
  if (followed?.until === undefined || claimed <= followed.until) return undefined;
  return { status: 'failed', detail: `signed at ${claimed} (as claimed), after its key was superseded (${followed.until})` };
}

function judgeExporter(key: VerifierKey, claimed: string, pinned: readonly VerifierKey[], root: TrustRoot | undefined): Judged {
  const entry: TrustedKey | undefined = root?.exporters.find(({ vkey }) => vkey === key.text);
  const isPinned = entry !== undefined || pinned.some(({ text }) => text === key.text);
  const validity = entry && judgeKeyAt(entry, { claimed, proven: undefined });
  return { key, followed: isPinned ? { pinned: key, steps: 0, until: undefined } : undefined, validity };
}

function reportValidity(signers: readonly (Judged | undefined)[], report: Report): void {
  if (signers[0] === undefined) return;
  const stated = signers.filter((signer) => signer?.validity !== undefined);
  for (const { key, validity } of stated.filter((signer) => signer !== undefined)) {
    if (validity?.status === 'failed' || validity?.status === 'missing')
      report.fault('key-validity', key.name, validity.detail, validity.status);
  }
  report.done('key-validity', 'keys', stated.map((signer) => `${signer?.key.name} ${signer?.validity?.detail}`).join('; '));
  if (stated.length === 0) report.done('key-validity', 'keys', 'no trust root says when these keys are valid', 'skipped');
}

function toSigner(role: Signer['role'], judged: Judged | undefined, report: Report): Signer[] {
  if (judged === undefined) return [];
  const { key, followed } = judged;
  const fingerprint = fingerprintOf(key);
  const name = `${role}-key` as const;
  if (followed === undefined) report.fault(name, key.name, `nobody pinned this key (${fingerprint}): who holds it is unknown`, 'missing');
  else if (followed.steps === 0) report.done(name, key.name, `pinned (${fingerprint})`);
  else
    report.done(
      name,
      key.name,
      `${fingerprint}: followed from the pinned key ${fingerprintOf(followed.pinned)} (${followed.steps} changes of keys)`,
    );
  return [{ role, name: key.name, key: key.text, fingerprint, isPinned: followed !== undefined }];
}
