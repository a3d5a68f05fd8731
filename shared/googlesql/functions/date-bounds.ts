import { errorSql } from '../generate/cast-sql.ts';

// Dates and times outside of the years 1 to 9999 are errors; DuckDB knows many more.

const bounded = (sql: string, low: string, high: string, kind: 'DATE' | 'DATETIME' | 'TIMESTAMP'): string =>
  `CASE WHEN ${sql} NOT BETWEEN ${low} AND ${high} THEN ${errorSql(`'${kind} value is out of allowed range'`, { kind })} ELSE ${sql} END`;

export const boundedDate = (sql: string): string => bounded(sql, "DATE '0001-01-01'", "DATE '9999-12-31'", 'DATE');

export const boundedStamp = (sql: string, kind: 'DATETIME' | 'TIMESTAMP'): string =>
  kind === 'DATETIME'
    ? bounded(sql, "TIMESTAMP '0001-01-01 00:00:00'", "TIMESTAMP '9999-12-31 23:59:59.999999'", kind)
    : bounded(sql, "TIMESTAMPTZ '0001-01-01 00:00:00+00'", "TIMESTAMPTZ '9999-12-31 23:59:59.999999+00'", kind);
