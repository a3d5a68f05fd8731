import type { TableSchema } from '../../../bigquery/schema.ts';
import type { RecordedExchange } from '../recorded-answers.ts';
import type { JobDraft } from './recorded-job.ts';
import type { RecordedPage } from './recorded-pages.ts';

export type TableDraft = { readonly pages: RecordedPage[]; totalRows: bigint };

/** What is known after reading the exchanges: by question, by job, by table. */
export type RecordedIndex = {
  /** Jobs in the order of the recording, by the canonical key of what began them. */
  readonly jobsByKey: Map<string, JobDraft[]>;
  /** By `project:jobId`. */
  readonly jobsById: Map<string, JobDraft>;
  readonly tables: Map<string, TableDraft>;
  /** By `project.dataset.table`. */
  readonly schemas: Map<string, TableSchema>;
  readonly answers: Map<string, RecordedExchange[]>;
};

export const createRecordedIndex = (): RecordedIndex => ({
  jobsByKey: new Map(),
  jobsById: new Map(),
  tables: new Map(),
  schemas: new Map(),
  answers: new Map(),
});
