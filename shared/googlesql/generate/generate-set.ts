import type { Relation } from '../analyze/resolved-tree.ts';
import { expressionSql } from './generate-expression.ts';
import { relationSelect } from './generate-relation.ts';
import { readable } from './readable-select.ts';
import { fromSelect, type SelectBuilder, selectSql } from './select-builder.ts';
import { columnName, type SqlNames } from './sql-names.ts';
import { hasWindow } from './windows-in.ts';

type SetRelation = Relation & { kind: 'set' };

/** Whether a relation is one row of constants and such: `SELECT 1 AS a, 'x' AS b`. */
const isRow = (relation: Relation): boolean =>
  relation.kind === 'single-row' ||
  (relation.kind === 'project' && isRow(relation.input) && !hasWindow(relation.computed.map((c) => c.expression)));

/** `SELECT … UNION ALL SELECT …` of single rows: a table of values, whose rows stay in order. */
function valuesSelect(relation: SetRelation, names: SqlNames): SelectBuilder {
  const rows = relation.inputs.map(({ relation: input, expressions }) => {
    relationSelect(input, names);
    return `(${expressions.map((e) => expressionSql(e, names)).join(', ')})`;
  });
  const alias = names.alias();
  const ids = relation.columns.map((c) => c.id);
  for (const id of ids) names.bind(id, `${alias}.${columnName(id)}`);
  return fromSelect(`(VALUES ${rows.join(', ')}) AS ${alias}(${ids.map(columnName).join(', ')})`, ids);
}

export function setSelect(relation: SetRelation, names: SqlNames): SelectBuilder {
  const isValues =
    relation.operator === 'UNION' && relation.isAll && relation.columns.length > 0 && relation.inputs.every((i) => isRow(i.relation));
  if (isValues && !names.keepsOrder) return valuesSelect(relation, names);
  const isOrdered = names.keepsOrder > 0 && relation.operator === 'UNION' && relation.isAll;
  const inputs = relation.inputs.map((_, place) => inputSql(relation, place, isOrdered, names));
  const alias = names.alias();
  for (const column of relation.columns) names.bind(column.id, `${alias}.${columnName(column.id)}`);
  const text = inputs.join(` ${relation.operator}${relation.isAll ? ' ALL' : ''} `);
  const select = fromSelect(
    `(SELECT * FROM (${text})) AS ${alias}`,
    relation.columns.map((c) => c.id),
  );
  if (isOrdered) select.arrayOrder = `${alias}.array_order`;
  return select;
}

/** `isOrdered`: with the place of each row among the rows of all inputs. */
function inputSql(relation: SetRelation, input: number, isOrdered: boolean, names: SqlNames): string {
  const { relation: rows, expressions } = relation.inputs[input]!;
  const select = readable(relationSelect(rows, names), expressions, names);
  const output = expressions.map((e, i) => `${expressionSql(e, names)} AS ${columnName(relation.columns[i]!.id)}`);
  if (!isOrdered) return `(${selectSql(select, output.join(', ') || '1 AS c0')})`;
  output.push(`struct_pack(input := ${input}, place := row_number() OVER (${orderOf(select)})) AS array_order`);
  return `(${selectSql(select.limit === undefined ? { ...select, orderBy: [] } : select, output.join(', '))})`;
}

function orderOf({ orderBy, arrayOrder }: SelectBuilder): string {
  if (orderBy.length > 0) return `ORDER BY ${orderBy.join(', ')}`;
  return arrayOrder ? `ORDER BY ${arrayOrder}` : '';
}
