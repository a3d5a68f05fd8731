import { BigQueryError } from '../../../bigquery/error-envelope.ts';
import type { JobConfiguration } from '../../../bigquery/job.ts';

/** Throws `required` for a job that does not say what it is to work on. A query says so itself, when it runs. */
export function checkRequired({ load, copy, extract }: JobConfiguration): void {
  if (load !== undefined) need('destinationTable', load.destinationTable);
  if (copy !== undefined) {
    need('sourceTables', copy.sourceTable ?? copy.sourceTables?.[0]);
    need('destinationTable', copy.destinationTable);
  }
  if (extract !== undefined) {
    need('sourceTable', extract.sourceTable ?? (extract as { sourceModel?: unknown }).sourceModel);
    need('destinationUris', extract.destinationUri ?? extract.destinationUris?.[0]);
  }
}

function need(name: string, value: unknown): void {
  if (value === undefined || value === null)
    throw new BigQueryError({ reason: 'required', message: `Required parameter is missing: ${name}` });
}
