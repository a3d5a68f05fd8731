import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api';
import type { Cell } from '../../../shared/contract/cell.ts';
import { EngineError } from '../../../shared/contract/failure.ts';
import type { ResultDifference } from '../../../shared/contract/result.ts';
import { quoteName } from '../../../shared/derived/quote.ts';
import { toCell } from '../database/to-cell.ts';
import type { ResultRelation } from '../result/result-files.ts';
import type { ReviewCase } from '../review-case.ts';

export type ResultDiffOptions = { readonly keys: readonly string[]; readonly samples: number };

/** How two results differ, computed where the rows lie. Columns are matched by name; the ones only one side has are differences of the schema. */
export async function diffResults(
  review: ReviewCase,
  left: ResultRelation,
  right: ResultRelation,
  options: ResultDiffOptions,
): Promise<ResultDifference> {
  const schema = diffSchemas(left, right);
  const shared = left.columns.map(({ name }) => name).filter((name) => right.columns.some((column) => column.name === name));
  const unknownKey = options.keys.find((key) => !shared.includes(key));
  if (unknownKey !== undefined) throw new EngineError({ code: 'DIFF_KEY', message: `Not both results have a column "${unknownKey}".` });
  const connection = await review.database.connect();
  try {
    return await review.database.gate.shared(async () => {
      const rows =
        options.keys.length === 0 || shared.length === 0
          ? await diffMultisets(connection, toSides(left, right), toComparable(left, right, shared), options.samples)
          : await diffByKey(connection, toSides(left, right), shared, options);
      const equal = schema.length === 0 && rows.added === 0 && rows.removed === 0 && rows.changed === 0;
      return { equal, schema, leftRows: left.total, rightRows: right.total, columns: shared, ...rows };
    });
  } finally {
    connection.closeSync();
  }
}

type Sides = { readonly left: string; readonly right: string };
type RowDifference = Pick<ResultDifference, 'added' | 'removed' | 'changed' | 'changedColumns' | 'samples'>;

const toSides = (left: ResultRelation, right: ResultRelation): Sides => ({
  left: `${left.catalog}.${left.resultId}`,
  right: `${right.catalog}.${right.resultId}`,
});

function diffSchemas(left: ResultRelation, right: ResultRelation): ResultDifference['schema'] {
  const typesOf = (relation: ResultRelation): Map<string, string> =>
    new Map(relation.columns.map(({ name, type, mode }) => [name, mode === 'REPEATED' ? `ARRAY<${type}>` : type]));
  const [leftTypes, rightTypes] = [typesOf(left), typesOf(right)];
  return [...new Set([...leftTypes.keys(), ...rightTypes.keys()])].flatMap((column) => {
    const [before, after] = [leftTypes.get(column), rightTypes.get(column)];
    if (before === after) return [];
    return [{ column, ...(before === undefined ? {} : { left: before }), ...(after === undefined ? {} : { right: after }) }];
  });
}

/** Columns whose types differ are compared by their text. */
function toComparable(left: ResultRelation, right: ResultRelation, names: readonly string[]): string[] {
  const typeOf = ({ columns }: ResultRelation, name: string): string | undefined =>
    columns.find((column) => column.name === name)?.engineType;
  return names.map((name) => {
    const column = quoteName(name);
    return typeOf(left, name) === typeOf(right, name) ? column : `${column}::VARCHAR AS ${column}`;
  });
}

async function diffMultisets(
  connection: DuckDBConnection,
  { left, right }: Sides,
  columns: readonly string[],
  samples: number,
): Promise<RowDifference> {
  const names = columns.length === 0 ? [`1 AS "nothing"`] : columns;
  const difference = /* sql */ `
    WITH both_sides AS (
      SELECT ${names.join(', ')}, 1 AS __side FROM ${left} UNION ALL SELECT ${names.join(', ')}, -1 AS __side FROM ${right}
    ), difference AS (SELECT * EXCLUDE (__side), sum(__side) AS __surplus FROM both_sides GROUP BY ALL HAVING sum(__side) <> 0)`;
  const [counts] = await read(
    connection,
    `${difference} SELECT coalesce(sum(__surplus) FILTER (__surplus > 0), 0)::BIGINT, coalesce(-sum(__surplus) FILTER (__surplus < 0), 0)::BIGINT FROM difference`,
  );
  const rows = await read(
    connection,
    `${difference} SELECT __surplus > 0, * EXCLUDE (__surplus) FROM difference ORDER BY ALL LIMIT ${samples}`,
  );
  return {
    removed: Number(counts?.[0] ?? 0),
    added: Number(counts?.[1] ?? 0),
    changed: 0,
    changedColumns: [],
    samples: rows.map(([isLeft, ...cells]) =>
      isLeft === true ? { kind: 'removed', left: cells.map(toCell) } : { kind: 'added', right: cells.map(toCell) },
    ),
  };
}

async function diffByKey(
  connection: DuckDBConnection,
  { left, right }: Sides,
  columns: readonly string[],
  options: ResultDiffOptions,
): Promise<RowDifference> {
  const { keys, samples } = options;
  const values = columns.filter((column) => !keys.includes(column));
  const on = keys.map((key) => `l.${quoteName(key)} IS NOT DISTINCT FROM r.${quoteName(key)}`).join(' AND ');
  const differs = (column: string): string => `l.${quoteName(column)} IS DISTINCT FROM r.${quoteName(column)}`;
  const anyDiffers = values.length === 0 ? 'false' : values.map(differs).join(' OR ');
  const joined = `FROM (SELECT *, true AS __here FROM ${left}) l FULL JOIN (SELECT *, true AS __here FROM ${right}) r ON ${on}`;
  const isBoth = 'l.__here AND r.__here';
  const counts = [
    `count(*) FILTER (l.__here IS NULL)`,
    `count(*) FILTER (r.__here IS NULL)`,
    `count(*) FILTER (${isBoth} AND (${anyDiffers}))`,
    ...values.map((column) => `count(*) FILTER (${isBoth} AND ${differs(column)})`),
  ];
  const [row = []] = await read(connection, `SELECT ${counts.join(', ')} ${joined}`);
  const side = (alias: string): string => columns.map((column) => `${alias}.${quoteName(column)}`).join(', ');
  const sampled = await read(
    connection,
    `SELECT l.__here, r.__here, ${side('l')}, ${side('r')} ${joined} WHERE l.__here IS NULL OR r.__here IS NULL OR ${anyDiffers} LIMIT ${samples}`,
  );
  return {
    added: Number(row[0] ?? 0),
    removed: Number(row[1] ?? 0),
    changed: Number(row[2] ?? 0),
    changedColumns: values.map((column, index) => ({ column, cells: Number(row[index + 3] ?? 0) })).filter(({ cells }) => cells > 0),
    samples: sampled.map(([isLeft, isRight, ...cells]) => toSample(isLeft === true, isRight === true, cells.map(toCell))),
  };
}

function toSample(isLeft: boolean, isRight: boolean, cells: readonly Cell[]): ResultDifference['samples'][number] {
  const [left, right] = [cells.slice(0, cells.length / 2), cells.slice(cells.length / 2)];
  if (!isLeft) return { kind: 'added', right };
  return isRight ? { kind: 'changed', left, right } : { kind: 'removed', left };
}

const read = async (connection: DuckDBConnection, sql: string): Promise<DuckDBValue[][]> => (await connection.runAndReadAll(sql)).getRows();
