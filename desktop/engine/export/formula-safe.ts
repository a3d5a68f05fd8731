/** Types whose text can never begin a formula, or whose leading minus is the number's own. */
const plainTypes = /^(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT|U?BIGINT|UINTEGER|DOUBLE|FLOAT|DECIMAL.*|BOOLEAN|DATE|TIME|TIMESTAMP.*)$/;

/**
 * SQL for a CSV cell that no spreadsheet takes for a formula: a text that begins with `=`, `+`, `-`, `@`, tab or return gets an apostrophe
 * before it (OWASP, CSV injection). Numbers keep their minus.
 */
export function toSafeColumn(column: string, type: string): string {
  if (plainTypes.test(type)) return column;
  const text = type === 'BLOB' ? `to_base64(${column})` : `${column}::VARCHAR`;
  return `CASE WHEN regexp_matches(${text}, '^[=+\\-@\\t\\r\\n]') THEN '''' || ${text} ELSE ${text} END`;
}
