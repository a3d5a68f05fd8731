import type { SqlNames } from './sql-names.ts';

/**
 * NULL where the computation throws. Arguments that may fail themselves (`areRisky`) are computed outside of it: SAFE is about its own function only.
 * So are arguments with subqueries, which DuckDB's TRY does not take.
 */
export function safely(args: readonly string[], emit: (args: readonly string[]) => string, names: SqlNames, areRisky = false): string {
  const isQuery = (sql: string | undefined): boolean => sql !== undefined && /\bSELECT\b/.test(sql);
  if (!areRisky && !args.some(isQuery)) return `TRY(${emit(args)})`;
  const element = names.alias();
  const inner = args.map((sql, i) => (sql === undefined ? sql : `${element}."a${i}"`)) as string[];
  const packed = args.flatMap((sql, i) => (sql === undefined ? [] : [`"a${i}" := ${sql}`]));
  return `list_extract(list_transform([struct_pack(${packed.join(', ')})], lambda ${element}: TRY(${emit(inner)})), 1)`;
}
