import { existsSync, renameSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { checkRecipients, encryptTo } from '../../shared/bundle/age-file.ts';
import { readRecipients } from '../../shared/bundle/age-keys.ts';
import { ExportRefused, type ExportSummary, exportSession } from '../record/export-session.ts';
import { requireConfig } from './require-config.ts';

export type ExportCommand = {
  readonly config: string;
  readonly output: string;
  readonly by: string;
  readonly reason?: string;
  readonly snapshot?: boolean;
  /** Bytes of recorded answers whose rows come along as tables. */
  readonly rows?: number;
  readonly recipient?: readonly string[];
  readonly recipientsFile?: string;
};

/** Writes a session as a bundle; the gateway may run meanwhile. */
export async function exportBundle(session: string, options: ExportCommand): Promise<void> {
  const { dataDirectory, storage } = await requireConfig(options.config);
  const { by, reason, snapshot, output } = options;
  const recipients = [
    ...(options.recipient ?? []),
    ...(options.recipientsFile === undefined ? [] : readRecipients(options.recipientsFile)),
  ];
  await checkRecipients(recipients);
  const target = toTarget(resolve(output), recipients.length > 0);
  if (existsSync(target)) throw new ExportRefused('EXPORT_OUTPUT_EXISTS', `${target} exists already; choose another name.`);
  const outputPath = recipients.length === 0 ? target : `${target}.${process.pid}.clear`;
  const summary = await exportSession({
    directory: dataDirectory,
    session,
    outputPath,
    exportedBy: by,
    reason,
    snapshot,
    storage,
    derived: true,
    rowBytes: options.rows,
  });
  if (recipients.length > 0) await encrypt(outputPath, target, recipients);
  if (summary.withoutTables !== undefined)
    console.error(`The bundle is whole, but has no tables for fast loading: there was no memory for them (${summary.withoutTables}).`);
  console.log(formatSummary({ ...summary, outputPath: target }).join('\n'));
}

const toTarget = (output: string, isEncrypted: boolean): string => (isEncrypted && !output.endsWith('.age') ? `${output}.age` : output);

/** The clear bundle lies beside its encryption, readable by nobody else, for as long as that takes. */
async function encrypt(clear: string, target: string, recipients: readonly string[]): Promise<void> {
  const draft = `${target}.${process.pid}.draft`;
  try {
    await encryptTo(clear, draft, recipients);
    renameSync(draft, target);
  } finally {
    for (const file of [clear, draft]) rmSync(file, { force: true });
  }
}

function formatSummary(summary: ExportSummary): string[] {
  return [
    `${summary.exchanges} exchanges of session ${summary.sessionName}${summary.snapshot ? ' (a snapshot: it is still open)' : ''}`,
    `file      ${summary.outputPath}`,
    `manifest  sha256 ${summary.manifestSha256}`,
    `gateway   ${summary.writerKey}`,
    `exporter  ${summary.exporterKey}`,
  ];
}
