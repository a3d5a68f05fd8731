import type { TableFieldSchema } from '../../../bigquery/schema.ts';
import { fieldsOf, type StoredTable } from '../catalog/stored-table.ts';
import { toTableOptions } from './table-options.ts';

/** The statement that would make this table again. */
export function toTableDdl(table: StoredTable): string {
  const { tableReference, view, materializedView } = table.resource;
  const name = `\`${tableReference.projectId}.${tableReference.datasetId}.${tableReference.tableId}\``;
  if (view) return `CREATE VIEW ${name}\nAS ${view.query};`;
  if (materializedView) return `CREATE MATERIALIZED VIEW ${name}\nAS ${materializedView.query};`;
  const columns = fieldsOf(table).map((field) => `  ${field.name} ${toTypeText(field)}${toSuffix(field)}`);
  return [`CREATE TABLE ${name}`, '(', columns.join(',\n'), ')', ...partitioningOf(table), ...optionsOf(table)].join('\n').concat(';');
}

const sqlNames: Readonly<Record<string, string>> = { INTEGER: 'INT64', FLOAT: 'FLOAT64', BOOLEAN: 'BOOL', RECORD: 'STRUCT' };

/** With lengths and precision: `ARRAY<STRING(10)>`. */
export function toTypeText(field: TableFieldSchema): string {
  if (field.mode === 'REPEATED') return `ARRAY<${toTypeText({ ...field, mode: 'NULLABLE' })}>`;
  if (field.fields) return `STRUCT<${field.fields.map((inner) => `${inner.name} ${toTypeText(inner)}`).join(', ')}>`;
  const parameters = field.maxLength ?? (field.precision && [field.precision, field.scale].filter(Boolean).join(', '));
  const name = sqlNames[field.type] ?? field.type;
  if (name === 'RANGE') return `RANGE<${field.rangeElementType?.type}>`;
  return parameters === undefined ? name : `${name}(${parameters})`;
}

const toSuffix = ({ mode, defaultValueExpression, description }: TableFieldSchema): string =>
  [
    defaultValueExpression === undefined ? '' : ` DEFAULT ${defaultValueExpression}`,
    mode === 'REQUIRED' ? ' NOT NULL' : '',
    description === undefined ? '' : ` OPTIONS(description=${JSON.stringify(description)})`,
  ].join('');

function partitioningOf(table: StoredTable): readonly string[] {
  const { timePartitioning, rangePartitioning, clustering } = table.resource;
  const range = rangePartitioning?.range;
  return [
    ...(timePartitioning ? [`PARTITION BY ${toPartitionText(table)}`] : []),
    ...(range
      ? [`PARTITION BY RANGE_BUCKET(${rangePartitioning.field}, GENERATE_ARRAY(${range.start}, ${range.end}, ${range.interval}))`]
      : []),
    ...(clustering ? [`CLUSTER BY ${clustering.fields.join(', ')}`] : []),
  ];
}

function toPartitionText(table: StoredTable): string {
  const { type, field } = table.resource.timePartitioning!;
  const kind = fieldsOf(table).find(({ name }) => name === field)?.type ?? 'TIMESTAMP';
  if (type !== 'DAY') return `${kind}_TRUNC(${field ?? '_PARTITIONTIME'}, ${type})`;
  if (field === undefined) return '_PARTITIONDATE';
  return kind === 'DATE' ? field : `DATE(${field})`;
}

function optionsOf({ resource }: StoredTable): readonly string[] {
  const options = toTableOptions(resource).map(({ option_name, option_value }) => `  ${option_name}=${option_value}`);
  return options.length === 0 ? [] : [`OPTIONS(\n${options.join(',\n')}\n)`];
}
