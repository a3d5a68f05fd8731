import { bigquery, formatDialect } from 'sql-formatter';

/** Throws on what it cannot read. */
export const formatBigQuerySql = (sql: string): string =>
  formatDialect(sql, { dialect: bigquery, keywordCase: 'preserve', expressionWidth: 80, tabWidth: 2 });
