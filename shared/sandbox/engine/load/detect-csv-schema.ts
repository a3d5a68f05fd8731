import type { TableSchema } from '../resource.ts';
import { type DetectedType, detectType, joinTypes, toColumnName, toField } from './detect-type.ts';
import type { CsvRecord } from './parse-csv.ts';

export type DetectedCsv = { readonly schema: TableSchema; readonly headerRows: number };

const typeNames: Readonly<Record<DetectedType, string>> = {
  BOOLEAN: 'bool',
  INTEGER: 'int64',
  FLOAT: 'double',
  DATE: 'date',
  TIME: 'time',
  DATETIME: 'datetime',
  TIMESTAMP: 'timestamp',
  STRING: 'string',
};

/**
 * BigQuery's rule: the first row is a header when it is all text and the rows below are not. `skipLeadingRows` names the header itself:
 * the last row skipped; 0 says there is none.
 */
export function detectCsvSchema(sample: readonly CsvRecord[], skipLeadingRows: number | undefined): DetectedCsv {
  const headerRows = skipLeadingRows ?? (hasHeader(sample) ? 1 : 0);
  const header = headerRows > 0 ? sample[headerRows - 1]?.fields : undefined;
  const types = columnTypes(sample.slice(headerRows));
  const used = new Set<string>();
  const width = Math.max(header?.length ?? 0, types.length);
  const fields = Array.from({ length: width }, (_, index) => {
    const fallback = `${typeNames[types[index] ?? 'STRING']}_field_${index}`;
    return toField(toColumnName(header?.[index] ?? fallback, fallback, used), types[index]);
  });
  return { schema: { fields }, headerRows };
}

function hasHeader(sample: readonly CsvRecord[]): boolean {
  const [first, ...rest] = sample;
  if (first === undefined || !first.fields.every((field) => detectType(field) === 'STRING' && field !== '')) return false;
  return columnTypes(rest).some((type) => type !== undefined && type !== 'STRING');
}

function columnTypes(records: readonly CsvRecord[]): (DetectedType | undefined)[] {
  const types: (DetectedType | undefined)[] = [];
  for (const { fields } of records) {
    for (const [index, field] of fields.entries()) {
      if (field === '') types[index] ??= undefined;
      else types[index] = joinTypes(types[index], detectType(field));
    }
  }
  return Array.from(types);
}

/** The candidate that splits the first lines into most columns. */
export function detectDelimiter(firstLine: string): string {
  const count = (delimiter: string): number => firstLine.split(delimiter).length;
  return [',', '\t', '|', ';'].reduce((best, each) => (count(each) > count(best) ? each : best));
}
