import type { Cell, Column } from '../../../shared/contract/cell.ts';

/** Words for numbers, BigQuery's and the engine's. */
const NUMERIC = new Set(
  'INT64 INTEGER FLOAT64 FLOAT NUMERIC BIGNUMERIC DECIMAL BIGDECIMAL TINYINT SMALLINT BIGINT HUGEINT UTINYINT USMALLINT UINTEGER UBIGINT UHUGEINT DOUBLE'.split(
    ' ',
  ),
);

const baseType = (type: string): string => type.toUpperCase().replace(/\(.*$/, '').trim();

export const isNumeric = (column: Column): boolean => column.mode !== 'REPEATED' && NUMERIC.has(baseType(column.type));

/** `ARRAY<STRUCT<a INT64>>` as BigQuery writes it. */
export function formatType(column: Column): string {
  const own =
    column.fields === undefined || column.fields.length === 0
      ? column.type
      : `STRUCT<${column.fields.map((field) => `${field.name} ${formatType(field)}`).join(', ')}>`;
  return column.mode === 'REPEATED' ? `ARRAY<${own}>` : own;
}

/** The value as JSON text on one line (or indented): numbers keep all their digits, because they are never parsed. */
export function toCellJson(cell: Cell, column: Column | undefined, indent = ''): string {
  if (cell === null) return 'null';
  if (typeof cell === 'string') return isBare(cell, column) ? cell : JSON.stringify(cell);
  const inner = indent === '' ? '' : `${indent}  `;
  const [open, close, items] =
    'list' in cell
      ? (['[', ']', cell.list.map((each) => toCellJson(each, column && { ...column, mode: 'NULLABLE' }, inner))] as const)
      : (['{', '}', cell.struct.map((each, index) => fieldJson(each, column?.fields?.[index], index, inner))] as const);
  if (items.length === 0) return open + close;
  return indent === '' ? `${open}${items.join(', ')}${close}` : `${open}${inner}${items.join(`,${inner}`)}${indent}${close}`;
}

/** A struct's field; `indent` begins with the line feed. */
const fieldJson = (cell: Cell, field: Column | undefined, index: number, indent: string): string =>
  `${JSON.stringify(field?.name ?? `_field_${index + 1}`)}: ${toCellJson(cell, field, indent)}`;

const isBare = (text: string, column: Column | undefined): boolean => {
  if (column === undefined) return false;
  if (/^BOOL(EAN)?$/.test(baseType(column.type))) return text === 'true' || text === 'false';
  return NUMERIC.has(baseType(column.type)) && /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text);
};

/** For inspection and copying: text as it is, nested values indented. */
export const toCellText = (cell: Cell, column: Column): string =>
  cell === null ? 'NULL' : typeof cell === 'string' ? cell : toCellJson(cell, column, '\n');

/** One row as a JSON object. */
export const toRowJson = (row: readonly Cell[], columns: readonly Column[]): string =>
  `{\n${columns.map((column, index) => `  ${JSON.stringify(column.name)}: ${toCellJson(row[index] ?? null, column, '\n  ')}`).join(',\n')}\n}`;
