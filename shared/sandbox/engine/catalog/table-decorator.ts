import { createInvalid } from '../failure.ts';
import type { TableReference } from '../resource.ts';

/** `t$20240101`, `t@-3600000`, `t@1700000000000`: a part of a table, a time of it, or both. */
export type Decorated = {
  readonly reference: TableReference;
  readonly partitionId?: string;
  /** Epoch microseconds; 0 is the oldest that is kept. */
  readonly at?: number;
};

/** Times before now count from now. https://cloud.google.com/bigquery/docs/table-decorators */
export function parseDecorators(given: TableReference): Decorated {
  const match = /^([^$@]+)(?:\$([^@]*))?(?:@(.*))?$/.exec(given.tableId);
  if (!match || (match[2] === undefined && match[3] === undefined)) return { reference: given };
  const [, tableId = '', partitionId, time] = match;
  return {
    reference: { ...given, tableId },
    ...(partitionId !== undefined && { partitionId }),
    ...(time !== undefined && { at: parseTime(time, given.tableId) }),
  };
}

function parseTime(text: string, tableId: string): number {
  if (!/^-?\d{1,15}$/.test(text)) throw createInvalid(`Invalid table decorator: ${tableId}`);
  const time = Number(text);
  // The whole millisecond counts as gone by.
  return time <= 0 ? (time === 0 ? 0 : (Date.now() + time) * 1000 + 999) : time * 1000 + 999;
}
