import type { DuckDBValue } from '@duckdb/node-api';
import { isRequired, type TableFieldSchema } from '../../../bigquery/schema.ts';
import type { ScalarKind } from '../../../googlesql/types/sql-type.ts';
import { typeOfField } from '../catalog/stored-table.ts';
import type { LoadRequest } from '../engine.ts';
import { createInvalid } from '../failure.ts';
import { createParseScalar, type ParseScalar } from '../rows/parse-scalar.ts';
import type { BadRecords } from './load-failure.ts';
import { type CsvDialect, type CsvRecord, parseCsv } from './parse-csv.ts';

export const createDialect = ({ fieldDelimiter, quote, allowQuotedNewlines }: LoadRequest, detected = ','): CsvDialect => ({
  delimiter: fieldDelimiter === undefined || fieldDelimiter === '' ? detected : unescapeDelimiter(fieldDelimiter),
  quote: quote === undefined ? '"' : quote === '' ? undefined : quote,
  allowQuotedNewlines: allowQuotedNewlines ?? false,
});

const unescapeDelimiter = (delimiter: string): string => (delimiter === '\\t' || delimiter.toLowerCase() === 'tab' ? '\t' : delimiter);

/** The values of each good record, in the order of the schema. */
export async function* readCsvRows(
  text: AsyncIterable<string>,
  fields: readonly TableFieldSchema[],
  request: LoadRequest,
  dialect: CsvDialect,
  skipLeadingRows: number,
  bad: BadRecords,
): AsyncGenerator<readonly DuckDBValue[]> {
  const toValues = createToValues(fields, request);
  let row = 0;
  for await (const record of parseCsv(text, dialect)) {
    if (row++ < skipLeadingRows) continue;
    const values = toValues(record);
    if (typeof values === 'string') bad.add(values, row - skipLeadingRows);
    else yield values;
  }
}

type Column = { readonly field: TableFieldSchema; readonly kind: ScalarKind; readonly parse: ParseScalar };

/** Values, or what is wrong with the record. */
function createToValues(fields: readonly TableFieldSchema[], request: LoadRequest): (record: CsvRecord) => DuckDBValue[] | string {
  const columns = fields.map(toColumn);
  const nullMarker = request.nullMarker ?? '';
  return (record) => {
    const { fields: texts, position, fault } = record;
    if (fault !== undefined) return `Error detected while parsing row starting at position: ${position}. Error: ${fault}`;
    if (texts.length > columns.length && !request.ignoreUnknownValues) {
      return `Too many values in row starting at position: ${position}. Found ${texts.length} column(s) while expected ${columns.length}.`;
    }
    if (texts.length < columns.length && !request.allowJaggedRows) {
      return `CSV table references column position ${texts.length}, but line starting at position:${position} contains only ${texts.length} columns.`;
    }
    const values: DuckDBValue[] = [];
    for (const [index, column] of columns.entries()) {
      const value = toValue(column, texts[index], record.quoted?.[index] ?? false, nullMarker);
      if (value === undefined) return toFault(column, index, texts[index] ?? '', position);
      if (value === null && isRequired(column.field)) {
        return `Required column value for column index: ${index + 1} is missing in row starting at position: ${position}`;
      }
      values.push(value);
    }
    return values;
  };
}

/** The null marker counts only where it is not quoted; it is the empty text by default. Of other types than text an empty field is always NULL. */
function toValue({ kind, parse }: Column, text: string | undefined, isQuoted: boolean, nullMarker: string): DuckDBValue | undefined {
  if (text === undefined || (text === nullMarker && !isQuoted)) return null;
  if (text === '' && kind !== 'STRING' && kind !== 'BYTES') return null;
  return parse(text);
}

const toFault = ({ field, kind }: Column, index: number, text: string, position: number): string =>
  `Could not parse '${text}' as ${kind} for field ${field.name} (position ${index}) starting at location ${position}`;

function toColumn(field: TableFieldSchema): Column {
  const type = typeOfField(field);
  if (type.kind === 'ARRAY' || type.kind === 'STRUCT' || type.kind === 'RANGE') {
    throw createInvalid(`Cannot load CSV data with a nested schema. Field: ${field.name}`);
  }
  return { field, kind: type.kind, parse: createParseScalar(type.kind, field) };
}
