// Between the engine and the process that runs an investigator's SQL. Plain JSON both ways.
import type { SqlAnswer } from '../../../shared/contract/result.ts';

export type SqlOrder = {
  readonly sql: string;
  readonly maxRows: number;
  readonly memoryLimit: string;
  readonly threads: number;
  /** Where DuckDB may spill; removed with the process. */
  readonly spillDirectory: string;
  /** Attached read-only before the door is shut. */
  readonly files: readonly { readonly file: string; readonly catalog: string }[];
  /** SQL that makes the case's views. */
  readonly views: readonly string[];
};

export type SqlReply = { readonly ok: true; readonly answer: SqlAnswer } | { readonly ok: false; readonly message: string };
