import type { BundleIntegrity } from '../../../shared/contract/integrity.ts';
import { type CaseBundle, toFileName } from '../case-bundle.ts';

/** Every check of every bundle, and in words what they do and do not prove. */
export const getIntegrityReport = (bundles: readonly CaseBundle[]): BundleIntegrity[] => bundles.map(toIntegrity);

function toIntegrity({ bundleId, path, verdict, signers, checks, bundle }: CaseBundle): BundleIntegrity {
  return {
    bundleId,
    fileName: toFileName(path),
    ...(verdict === undefined ? {} : { verdict }),
    signers: signers.map(({ role, name, fingerprint, pinned }) => ({ role, fingerprint, pinned, ...(name === undefined ? {} : { name }) })),
    checks: checks.map(({ name, subject, status, detail }) => ({ name, subject, status, ...(detail === undefined ? {} : { detail }) })),
    proved: toProved(verdict),
    notProved: toNotProved(verdict, bundle.session.snapshot, checks),
  };
}

function toProved(verdict: CaseBundle['verdict']): string[] {
  if (verdict === undefined || verdict === 'not-sound') return [];
  const inside =
    'The records, bodies and files agree with each other and with the signed head of the session: none was changed, added or taken out.';
  return verdict === 'sound' ? [inside, 'They were signed by a key that you have pinned.'] : [inside];
}

function toNotProved(verdict: CaseBundle['verdict'], isSnapshot: boolean, checks: CaseBundle['checks']): string[] {
  const skipped = checks.filter(({ name, status }) => (status === 'skipped' || status === 'missing') && !name.endsWith('-key'));
  return [
    ...(verdict === undefined ? ['Verification has not finished.'] : []),
    ...(verdict === 'not-sound' ? ['At least one check failed: the bundle does not prove what it says.'] : []),
    ...(verdict === 'sound-unknown-key'
      ? ['Who signed: the key in the bundle is a hint. Compare the fingerprint with the operator by another way, then pin it.']
      : []),
    ...(isSnapshot ? ['How the session ended: it was still open when this bundle was made.'] : []),
    ...skipped.map(({ name, detail }) => `${name}: ${detail ?? 'not checked'}.`),
    'That nothing reached BigQuery by another way than the gateway.',
  ];
}
