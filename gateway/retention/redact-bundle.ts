import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { SignerKey } from '../../shared/bundle/ed25519-key.ts';
import { bundlePaths, custodySchema, DERIVED_FOLDER, type Manifest } from '../../shared/bundle/format.ts';
import { type BundleEnding, type CustodyStep, zipMembers } from '../../shared/bundle/zip-members.ts';
import { resultTablePath } from '../../shared/derived/rows/result-table.sql.ts';
import { LifecycleRefused } from './lifecycle-refused.ts';
import { type RedactedMembers, redactMembers } from './redact-members.ts';
import { describeRedaction, type Redaction } from './redaction.ts';
import { SessionSource } from './session-source.ts';

export type BundleRedaction = {
  readonly bundle: string;
  readonly outputPath: string;
  readonly redactions: readonly Redaction[];
  readonly by: string;
  readonly reason?: string | undefined;
  /** Of whoever redacts: the new bundle is their statement. */
  readonly exporterKey: SignerKey;
  readonly now?: (() => Date) | undefined;
};

export type RedactedBundle = Pick<RedactedMembers, 'digests' | 'also' | 'remains'> & { readonly manifestSha256: string };

/** Writes a bundle anew without what is to be taken out, signed by the exporter; the custody log says what is gone. The old file stays as it is. */
export async function redactBundle(request: BundleRedaction): Promise<RedactedBundle> {
  const { bundle, outputPath } = request;
  if (existsSync(outputPath)) throw new LifecycleRefused('INPUT_UNUSABLE', `${outputPath} exists already; choose another name.`);
  const { source, manifest } = await SessionSource.openBundle(bundle);
  const folder = `${outputPath}.${process.pid}.parts`;
  mkdirSync(folder, { mode: 0o700 });
  try {
    const redacted = await redactMembers(source, request.redactions, folder);
    const draft = join(folder, 'bundle');
    const ending = await toEnding(source, manifest, request, redacted);
    const manifestSha256 = await zipMembers(draft, redacted.members, redacted, ending);
    // Tables made of what is gone are made again of what is left.
    const hadTables = manifest.resources.some(({ path }) => path.startsWith(DERIVED_FOLDER));
    const hadRows = manifest.resources.some(({ path }) => path === resultTablePath);
    const sha256 = hadTables ? await withTables(draft, outputPath, ending, hadRows) : manifestSha256;
    if (!hadTables) renameSync(draft, outputPath);
    return { manifestSha256: sha256, digests: redacted.digests, also: redacted.also, remains: redacted.remains };
  } finally {
    await source.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function withTables(draft: string, outputPath: string, ending: BundleEnding, hasRows: boolean): Promise<string> {
  const { addDerived } = await import('../../shared/derived/add-derived.ts');
  return await addDerived(draft, outputPath, ending, hasRows ? {} : { rowBytes: 0 });
}

async function toEnding(
  source: SessionSource,
  manifest: Manifest,
  { by, reason, exporterKey, redactions, now }: BundleRedaction,
  { digests }: RedactedMembers,
): Promise<BundleEnding> {
  const { sessionId, sessionName, snapshot } = manifest.steno;
  const { software } = manifest;
  const at = (now?.() ?? new Date()).toISOString();
  const why = reason ?? redactions.map(describeRedaction).join(', ');
  return {
    sessionId,
    sessionName,
    snapshot,
    head: await source.text(bundlePaths.sessionHead),
    proof: await source.text(bundlePaths.proof),
    keys: mergeKeys(await source.text(bundlePaths.keys), exporterKey.text),
    software,
    at,
    exportedBy: by,
    reason: why,
    custody: [...(await priorSteps(source)), redactedStep({ by, at, tool: software, reason: why, digests })],
    extras: await source.extras(manifest),
    exporterKey,
  };
}

const redactedStep = ({ digests, ...step }: { by: string; at: string; tool: string; reason: string; digests: readonly string[] }) => ({
  action: 'redacted' as const,
  ...step,
  redacted: [...digests],
});

async function priorSteps(source: SessionSource): Promise<CustodyStep[]> {
  const lines = (await source.text(bundlePaths.custody)).split('\n').filter((line) => line !== '');
  return lines.map((line) => {
    const { seq: _seq, prev: _prev, ...step } = custodySchema.parse(JSON.parse(line));
    return step;
  });
}

const mergeKeys = (text: string, own: string): string[] => [...new Set([...text.split('\n').filter((line) => line !== ''), own])];
