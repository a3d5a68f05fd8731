import { bundlePaths, type Custody, custodySchema } from '../../../shared/bundle/format.ts';
import type { BundleIntegrity } from '../../../shared/contract/integrity.ts';
import { type CaseBundle, toFileName } from '../case-bundle.ts';
import type { CaseDatabase } from '../database/case-database.ts';

/** Every check of every bundle, and in words what they do and do not prove. */
export const getIntegrityReport = (bundles: readonly CaseBundle[], database: CaseDatabase): Promise<BundleIntegrity[]> =>
  Promise.all(bundles.map((bundle) => toIntegrity(bundle, database)));

async function toIntegrity(each: CaseBundle, database: CaseDatabase): Promise<BundleIntegrity> {
  const { bundleId, path, verdict, signers, checks } = each;
  const redactions = await readRedactions(each);
  return {
    bundleId,
    fileName: toFileName(path),
    ...(verdict === undefined ? {} : { verdict }),
    signers: signers.map(({ role, name, fingerprint, pinned }) => ({ role, fingerprint, pinned, ...(name === undefined ? {} : { name }) })),
    checks: checks.map(({ name, subject, status, detail }) => ({
      name,
      subject: subject === path ? toFileName(path) : subject,
      status,
      ...(detail === undefined ? {} : { detail }),
    })),
    proved: toProved(verdict, redactions.length > 0),
    notProved: [
      ...toOpenQuestions(each),
      ...byOccasion(redactions).map(toRedaction),
      ...(await countUnkept(each, database)),
      'That nothing reached BigQuery by another way than the gateway.',
    ],
  };
}

function toProved(verdict: CaseBundle['verdict'], isRedacted: boolean): string[] {
  if (verdict === undefined || verdict === 'not-sound') return [];
  const agreement = 'The records, bodies and files agree with each other and with the signed head of the session:';
  const inside = isRedacted
    ? `${agreement} none was changed or added, and whatever was taken out was declared.`
    : `${agreement} none was changed, added or taken out.`;
  return verdict === 'sound' ? [inside, 'They were signed by a key that you have pinned.'] : [inside];
}

/** What a check that was skipped would have told. */
const questions: Readonly<Record<string, string>> = {
  timestamp: 'That it was signed when it says',
  witnesses: 'That others saw the same log',
  'key-validity': 'That its keys were valid when they signed',
};

function toOpenQuestions({ verdict, checks, bundle: { session } }: CaseBundle): string[] {
  const skipped = checks.filter(({ name, status }) => (status === 'skipped' || status === 'missing') && !name.endsWith('-key'));
  return [
    ...(verdict === undefined ? ['Verification has not finished.'] : []),
    ...(verdict === 'not-sound' ? ['At least one check failed: the bundle does not prove what it says.'] : []),
    ...(verdict === 'sound-unknown-key'
      ? ['Who signed: the key in the bundle is a hint. Compare the fingerprint with the operator by another way, then pin it.']
      : []),
    ...(session.snapshot ? ['How the session ended: it was still open when this bundle was made.'] : []),
    ...(session.head.state === 'recovered'
      ? ['That the client saw the session end: the gateway stopped while it was open, and closed it when it came back.']
      : []),
    ...skipped.map(({ name, detail }) => `${questions[name] ?? name}: ${detail ?? 'not checked'}.`),
  ];
}

/** A redaction is declared in the bundle's own custody log. What cannot be read there, verification has told. */
async function readRedactions({ bundle }: CaseBundle): Promise<Custody[]> {
  const text = Buffer.from((await bundle.file(bundlePaths.custody).catch(() => undefined)) ?? []).toString('utf8');
  return text.split('\n').flatMap((line) => {
    try {
      const step = custodySchema.safeParse(JSON.parse(line));
      return step.success && step.data.action === 'redacted' ? [step.data] : [];
    } catch {
      return [];
    }
  });
}

/** Steps of one person, one day and one reason are told as one. */
function byOccasion(redactions: readonly Custody[]): Custody[][] {
  const occasions = new Map<string, Custody[]>();
  for (const step of redactions) {
    const key = JSON.stringify([step.at.slice(0, 10), step.by, step.reason]);
    occasions.set(key, [...(occasions.get(key) ?? []), step]);
  }
  return [...occasions.values()];
}

function toRedaction(steps: readonly Custody[]): string {
  const { at, by, reason } = steps[0]!;
  const digests = steps.reduce((sum, { redacted = [] }) => sum + redacted.length, 0);
  const why = reason === undefined ? '' : ` (${reason})`;
  const pieces = digests === 1 ? 'the record keeps its digest' : `the records keep their ${digests} digests`;
  return `What ${by} took out on ${at.slice(0, 10)}${why}: ${pieces}, this bundle not what it was.`;
}

/** Bodies that went between client and gateway, of which it was told to keep no content; those that it masked stand beside what it delivered. */
async function countUnkept({ attached, catalog }: CaseBundle, database: CaseDatabase): Promise<string[]> {
  if (!attached) return [];
  const [row] = await database.all(
    `SELECT count(*) AS bodies FROM ${catalog}.body WHERE stored = 'digest' AND side IN ('request', 'response')`,
  );
  const bodies = Number(row?.['bodies'] ?? 0);
  if (bodies === 0) return [];
  return [
    bodies === 1 ? 'What one body held: only its digest was recorded.' : `What ${bodies} bodies held: only their digests were recorded.`,
  ];
}
