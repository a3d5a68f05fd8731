// Recorded mode: the sandbox answers from what was recorded, and from nothing else. What was not recorded is refused (404 `notRecorded`).
// This is the interface between the sandbox and whoever holds recordings; index-recorded-exchanges.ts makes one from plain exchanges.
import type { MethodId } from '../../bigquery/api-method.ts';
import type { Row } from '../../bigquery/cell.ts';
import type { Job, TableReference } from '../../bigquery/job.ts';
import type { TableSchema } from '../../bigquery/schema.ts';
import type { TimestampFormat } from '../../bigquery/timestamp.ts';

/** One request of the replay, reduced to what it asks. */
export type RecordedQuestion = {
  readonly methodId: MethodId;
  readonly projectId: string | undefined;
  /** Equal for requests that ask the same: no job id, request id, page size, time-out or format is in it (canonical-request.ts). */
  readonly canonicalKey: string;
  /** For texts a person reads: the SQL, or the method and its path. */
  readonly text: string;
};

/** Rows in the order of the table, from its first on; `recordedRows` of `totalRows` are there. */
export type RecordedRows = {
  readonly schema: TableSchema | undefined;
  readonly totalRows: bigint;
  readonly recordedRows: bigint;
  /** How TIMESTAMP cells in `read` are spelled. */
  readonly timestampFormat: TimestampFormat;
  read(startIndex: bigint): AsyncIterable<readonly Row[]>;
};

export type RecordedError = {
  readonly code: number;
  readonly reason: string;
  readonly message: string;
  readonly location?: string | undefined;
  readonly status?: string | undefined;
};

/** A job as it ended. */
export type RecordedJob = {
  /** Where all of this was seen. */
  readonly exchangeIds: readonly string[];
  /** Its last recorded state; pieced together from the query's answer when no job resource was seen. */
  readonly job: Job;
  /** The HTTP error that the request, or the reading of its results, was answered with. */
  readonly error: RecordedError | undefined;
  /** Whether its result was asked for and given; a statement may answer no rows. */
  readonly hasResult: boolean;
  /** Undefined where there are none, or none were ever fetched. */
  readonly rows: RecordedRows | undefined;
};

/** An answer that stands for itself: metadata, lists, inserts. */
export type RecordedAnswer = {
  readonly exchangeId: string;
  readonly status: number;
  /** JSON text; empty where the answer had no body. */
  readonly body: string;
};

/** Each call of a `find…` is one asking: where a question was recorded several times, the answers come in the order of the recording, then the last again. */
export interface RecordedAnswers {
  /** jobs.insert and jobs.query, alike: the same statement is the same question through either. */
  findJob(question: RecordedQuestion): Promise<RecordedJob | undefined>;
  /** tabledata.list, for the table as a whole. */
  findRows(question: RecordedQuestion, table: TableReference): Promise<RecordedRows | undefined>;
  /** Every other method. */
  findAnswer(question: RecordedQuestion): Promise<RecordedAnswer | undefined>;
}

/** An exchange as the index takes it; bodies are fetched when they are needed and may be gzip, as their headers say. */
export type RecordedExchange = {
  readonly exchangeId: string;
  readonly httpMethod: string;
  /** Origin form: `/bigquery/v2/projects/p/queries`. */
  readonly target: string;
  readonly requestHeaders: Readonly<Record<string, string>>;
  readonly status: number;
  readonly responseHeaders: Readonly<Record<string, string>>;
  requestBody(): Promise<Uint8Array | undefined>;
  responseBody(): Promise<Uint8Array | undefined>;
};
