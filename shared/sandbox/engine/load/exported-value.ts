import { structFieldNames } from '../../../googlesql/generate/duck-type.ts';
import type { SqlType } from '../../../googlesql/types/sql-type.ts';
import { quoteName, quoteText } from '../duck/quote.ts';

type Format = 'CSV' | 'NEWLINE_DELIMITED_JSON' | 'PARQUET' | 'AVRO';

/** DuckDB expression for a value as BigQuery exports it: int64 as JSON text, timestamps with their zone, BYTES as base64. Parquet keeps types. */
export function toExportedValue(value: string, type: SqlType, format: Format, depth = 0): string {
  if (format === 'PARQUET') return type.kind === 'BIGNUMERIC' ? `CAST(${value} AS VARCHAR)` : value;
  switch (type.kind) {
    case 'ARRAY': {
      const element = `e${depth}`;
      return `list_transform(${value}, lambda ${element}: ${toExportedValue(element, type.element, format, depth + 1)})`;
    }
    case 'STRUCT': {
      const names = structFieldNames(type);
      const members = type.fields.map((field, index) => {
        const member = toExportedValue(`struct_extract(${value}, ${quoteText(names[index]!)})`, field.type, format, depth);
        return `${quoteName(names[index]!)} := ${member}`;
      });
      return `CASE WHEN ${value} IS NULL THEN NULL ELSE struct_pack(${members.join(', ')}) END`;
    }
    case 'INT64':
      return format === 'CSV' ? value : `CAST(${value} AS VARCHAR)`;
    case 'NUMERIC':
      return `regexp_replace(regexp_replace(CAST(${value} AS VARCHAR), '0+$', ''), '\\.$', '')`;
    case 'BYTES':
      return `to_base64(${value})`;
    case 'TIMESTAMP':
      return `regexp_replace(strftime(timezone('UTC', ${value}), '%Y-%m-%d %H:%M:%S.%f'), '\\.000000$', '') || ' UTC'`;
    case 'DATETIME':
      return `regexp_replace(strftime(${value}, '%Y-%m-%dT%H:%M:%S.%f'), '\\.000000$', '')`;
    case 'JSON':
      return format === 'CSV' ? value : `CAST(${value} AS JSON)`;
    default:
      return value;
  }
}
