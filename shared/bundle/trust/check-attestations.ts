import { checkCosignature } from '../cosignature.ts';
import { parseWitnessKey } from '../ed25519-key.ts';
import { optionalPaths } from '../format.ts';
import type { SignedNote } from '../signed-note.ts';
import type { TlogProof } from '../tlog-proof.ts';
import type { Report } from '../verification.ts';
import type { ZipArchive } from '../zip-archive.ts';
import { readMember } from './read-member.ts';
import { toAuthority, verifyTimestamp } from './rfc3161.ts';
import type { TrustRoot } from './trust-root.ts';

/**
 * What an RFC 3161 time-stamp of a checkpoint covers: the text and the log's own signature lines, as they stand. Cosignatures are added later and
 * left out.
 */
export function stampedBytes(note: SignedNote, origin: string): Buffer {
  const lines = note.signatures.filter(({ name }) => name === origin);
  return Buffer.from(`${note.text}\n${lines.map(({ line }) => `${line}\n`).join('')}`);
}

/** The time of the time-stamp, when an authority of the trust root made it. */
export async function checkTimestamp(
  zip: ZipArchive,
  { note, checkpoint }: TlogProof,
  root: TrustRoot | undefined,
  report: Report,
): Promise<string | undefined> {
  const subject = optionalPaths.timestamp;
  const authorities = (root?.timestampAuthorities ?? []).map(toAuthority);
  if (!zip.entries.has(subject)) {
    if (root?.requireTimestamp === true) report.fault('timestamp', subject, 'is missing, and the trust root asks for it', 'missing');
    else report.done('timestamp', subject, 'no time-stamp came along', 'skipped');
    return undefined;
  }
  const response = (await readMember(zip, subject)) ?? Buffer.alloc(0);
  const judged = verifyTimestamp(response, stampedBytes(note, checkpoint.origin), authorities);
  if (judged.status === 'failed') report.fault('timestamp', subject, judged.detail);
  else if (judged.status === 'passed') report.done('timestamp', subject, judged.detail);
  else if (root?.requireTimestamp === true) report.fault('timestamp', subject, judged.detail, 'missing');
  else report.done('timestamp', subject, judged.detail, 'skipped');
  return judged.status === 'passed' ? judged.at : undefined;
}

/** The earliest time at which a witness of the trust root cosigned. A cosignature of a known witness that does not verify is a fault. */
export function checkWitnesses({ note, checkpoint }: TlogProof, root: TrustRoot | undefined, report: Report): string | undefined {
  const witnesses = (root?.witnesses ?? []).map(({ vkey }) => parseWitnessKey(vkey)!);
  const quorum = root?.witnessQuorum ?? 0;
  const times: string[] = [];
  for (const witness of witnesses) {
    const judged = checkCosignature(note, witness);
    if (judged === 'invalid') report.fault('witnesses', witness.name, 'its cosignature is wrong');
    else if (judged !== 'absent') times.push(judged.at.toISOString());
  }
  const detail =
    witnesses.length === 0
      ? 'no trust root names a witness'
      : `${times.length} of ${witnesses.length} known witnesses cosigned, ${quorum} needed`;
  if (times.length < quorum) report.fault('witnesses', checkpoint.origin, detail, 'missing');
  else if (times.length === 0) report.done('witnesses', checkpoint.origin, detail, 'skipped');
  else report.done('witnesses', checkpoint.origin, detail);
  return times.sort()[0];
}
