import type { DuckDBValue } from '@duckdb/node-api';
import { isRequired, type TableFieldSchema } from '../../../bigquery/schema.ts';
import type { ScalarKind } from '../../../googlesql/types/sql-type.ts';
import { typeOfField } from '../catalog/stored-table.ts';
import type { LoadRequest } from '../engine.ts';
import { createInvalid } from '../failure.ts';
import { createParseScalar, limitFault, type ParseScalar } from '../rows/parse-scalar.ts';
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
  const toNull = createIsNull(request);
  const keepsControls = request.preserveAsciiControlCharacters ?? false;
  return (record) => {
    const { fields: texts, fault } = record;
    if (fault !== undefined)
      return `Error detected while parsing row starting at position: ${record.position}. Error: ${fault}${toPlace(record)}`;
    if (texts.length > columns.length && !request.ignoreUnknownValues) {
      return `Too many values in row starting at position: ${record.position}. Found ${texts.length} column(s) while expected ${columns.length}.${toPlace(record)}`;
    }
    if (texts.length < columns.length && !request.allowJaggedRows) {
      return `CSV table references column position ${texts.length}, but line starting at position:${record.position} contains only ${texts.length} columns.${toPlace(record)}`;
    }
    if (!keepsControls && texts.some((text) => text.includes('\0'))) return `Bad character (ASCII 0) encountered.${toPlace(record)}`;
    const values: DuckDBValue[] = [];
    for (const [index, column] of columns.entries()) {
      const text = texts[index];
      const value = text === undefined || toNull(column, text, record.quoted?.[index] ?? false) ? null : column.parse(text);
      if (value === undefined) return toFault(column, index, text ?? '', record);
      if (value === null && isRequired(column.field)) {
        return `Required column value for column index: ${index + 1} is missing in row starting at position: ${record.position}${toPlace(record)}`;
      }
      values.push(value);
    }
    return values;
  };
}

/** The null marker counts only where it is not quoted; it is the empty text by default. Of other types than text an empty field is always NULL. */
function createIsNull({ nullMarker = '', nullMarkers }: LoadRequest): (column: Column, text: string, isQuoted: boolean) => boolean {
  const markers = new Set(nullMarkers ?? [nullMarker]);
  return ({ kind }, text, isQuoted) => (!isQuoted && markers.has(text)) || (text === '' && kind !== 'STRING' && kind !== 'BYTES');
}

const toPlace = ({ line, position }: CsvRecord): string => `; line_number: ${line} byte_offset_to_start_of_line: ${position}`;

function toFault({ field, kind }: Column, index: number, text: string, record: CsvRecord): string {
  const where = `field ${field.name} (position ${index}) starting at location ${record.position}`;
  const column = `column_index: ${index} column_name: "${field.name}" column_type: ${kind} value: "${text}"`;
  return `Could not parse '${text}' as ${kind} for ${where} with message '${limitFault(field, kind, text) ?? 'Unable to parse'}'${toPlace(record)} ${column}`;
}

function toColumn(field: TableFieldSchema): Column {
  const type = typeOfField(field);
  if (type.kind === 'ARRAY' || type.kind === 'STRUCT' || type.kind === 'RANGE') {
    throw createInvalid(`Cannot load CSV data with a nested schema. Field: ${field.name}`);
  }
  return { field, kind: type.kind, parse: createParseScalar(type.kind, field) };
}
