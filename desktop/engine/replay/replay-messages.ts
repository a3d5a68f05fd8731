// Between the engine and the process that replays: one command, one reply, in turn. Plain JSON both ways.
import type { TableFieldSchema } from '../../../shared/bigquery/schema.ts';
import type { ReplayTarget } from '../../../shared/contract/replay.ts';

type TableReference = { readonly projectId: string; readonly datasetId: string; readonly tableId: string };

/** A recorded request to be asked again; its body is read from the bundle. */
export type Asked = {
  readonly exchangeId: string;
  readonly httpMethod: string;
  readonly target: string;
  readonly methodId: string;
  readonly projectId: string;
  readonly contentType: string | undefined;
  readonly contentEncoding: string | undefined;
};

/** `none`: only wait for the end of the job, of a statement that answers no rows. */
export type RowsWanted = 'none' | 'count' | 'keep';

export type ReplayCommand =
  | {
      readonly kind: 'start';
      readonly target: ReplayTarget;
      readonly bundlePath: string;
      readonly directory: string;
      readonly memoryLimit: string;
    }
  | { readonly kind: 'create-dataset'; readonly projectId: string; readonly datasetId: string }
  /** A table without rows, of which only the columns are known. */
  | { readonly kind: 'create-table'; readonly table: TableReference; readonly fields: readonly TableFieldSchema[] }
  /** Rows as newline-delimited JSON. */
  | { readonly kind: 'load'; readonly table: TableReference; readonly fields: readonly TableFieldSchema[]; readonly path: string }
  /** A statement, through the BigQuery client. */
  | { readonly kind: 'run'; readonly asked: Asked; readonly rows: RowsWanted }
  /** Any other request, as it was sent. */
  | { readonly kind: 'send'; readonly asked: Asked };

export type AskError = { readonly code: number | undefined; readonly reason: string; readonly message: string };

/** What a statement came to in the replay. */
export type RunReply = {
  readonly error?: AskError;
  readonly rows?: string;
  readonly numDmlAffectedRows?: string;
  /** Whether the answer has columns at all. */
  readonly hasSchema?: boolean;
  /** One answer of getQueryResults a line; INT64 timestamps. */
  readonly pagesFile?: string;
};

export type ReplayReply =
  | { readonly ok: true; readonly endpoint?: string; readonly run?: RunReply; readonly status?: number }
  | { readonly ok: false; readonly message: string };
