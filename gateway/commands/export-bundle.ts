import { resolve } from 'node:path';
import { type ExportSummary, exportSession } from '../record/export-session.ts';
import { requireConfig } from './require-config.ts';

export type ExportCommand = {
  readonly config: string;
  readonly output: string;
  readonly by: string;
  readonly reason?: string;
  readonly snapshot?: boolean;
};

/** Writes a session as a bundle; the gateway may run meanwhile. */
export async function exportBundle(session: string, options: ExportCommand): Promise<void> {
  const { dataDirectory, storage } = await requireConfig(options.config);
  const { by, reason, snapshot, output } = options;
  const summary = await exportSession({
    directory: dataDirectory,
    session,
    outputPath: resolve(output),
    exportedBy: by,
    reason,
    snapshot,
    storage,
    derived: true,
  });
  console.log(formatSummary(summary).join('\n'));
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
