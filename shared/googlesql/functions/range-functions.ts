import { errorSql } from '../generate/cast-sql.ts';
import { duckType } from '../generate/duck-type.ts';
import { instantOfUtcSql, utcSql } from '../generate/zone-sql.ts';
import type { SqlType } from '../types/sql-type.ts';
import { type Definition, defineFunctions, type Emit } from './signature.ts';

// A range is a struct of start and end; NULL means unbounded there.

const start = (range: string): string => `(${range})."start"`;
const end = (range: string): string => `(${range})."end"`;
const strict = (args: readonly string[], sql: string): string =>
  `CASE WHEN ${args.map((a) => `${a} IS NULL`).join(' OR ')} THEN NULL ELSE ${sql} END`;
const pack = (from: string, to: string): string => `struct_pack("start" := ${from}, "end" := ${to})`;

const make: Emit = ([from, to], { returns }) =>
  `CASE WHEN ${from} >= ${to} THEN ${errorSql(`'Range start element must be smaller than range end element'`, returns)} ELSE ${pack(from!, to!)} END`;

const startsBefore = (a: string, b: string): string => `(${start(a)} IS NULL OR (${start(b)} IS NOT NULL AND ${start(a)} <= ${start(b)}))`;
const endsAfter = (a: string, b: string): string => `(${end(a)} IS NULL OR (${end(b)} IS NOT NULL AND ${end(a)} >= ${end(b)}))`;
const begins = (a: string, b: string): string => `(${start(a)} IS NULL OR ${end(b)} IS NULL OR ${start(a)} < ${end(b)})`;
const overlaps = (a: string, b: string): string => `(${begins(a, b)} AND ${begins(b, a)})`;

const later = (a: string, b: string): string =>
  `CASE WHEN ${a} IS NULL THEN ${b} WHEN ${b} IS NULL THEN ${a} ELSE greatest(${a}, ${b}) END`;
const sooner = (a: string, b: string): string => `CASE WHEN ${a} IS NULL THEN ${b} WHEN ${b} IS NULL THEN ${a} ELSE least(${a}, ${b}) END`;

const intersect: Emit = ([a, b], { returns }) => {
  const shared = pack(later(start(a!), start(b!)), sooner(end(a!), end(b!)));
  return strict(
    [a!, b!],
    `CASE WHEN ${overlaps(a!, b!)} THEN ${shared} ELSE ${errorSql(`'Provided RANGE inputs do not overlap'`, returns)} END`,
  );
};

const containsValue: Emit = ([range, value]) =>
  strict(
    [range!, value!],
    `((${start(range!)} IS NULL OR ${start(range!)} <= ${value}) AND (${end(range!)} IS NULL OR ${value} < ${end(range!)}))`,
  );

/** Sub-ranges of a step's width; the last may be shorter, and is left out when only whole ones are wanted. */
const generate: Emit = ([range, step, includesLast], { returns }) => {
  const element = (returns as SqlType & { kind: 'ARRAY' }).element as SqlType & { kind: 'RANGE' };
  const type = duckType(element.element);
  const stamp = (value: string): string => (element.element.kind === 'TIMESTAMP' ? utcSql(value) : `CAST(${value} AS TIMESTAMP)`);
  const back = (value: string): string => (element.element.kind === 'TIMESTAMP' ? instantOfUtcSql(value) : `CAST(${value} AS ${type})`);
  const [from, to] = [stamp(start(range!)), stamp(end(range!))];
  const at = (i: string): string => `(${from} + ${step} * CAST(${i} AS INTEGER))`;
  const count = `CAST(ceil((epoch_us(${to}) - epoch_us(${from})) / greatest(1, epoch_us(TIMESTAMP '1970-01-01' + ${step}) * 0.9)) AS BIGINT) + 1`;
  const all = `list_filter(list_transform(range(0, ${count}), lambda i: struct_pack(f := ${at('i')}, t := ${at('i + 1')})), lambda p: p.f < ${to} AND (${includesLast ?? 'TRUE'} OR p.t <= ${to}))`;
  const unbounded = `${start(range!)} IS NULL OR ${end(range!)} IS NULL`;
  const series = `list_transform(${all}, lambda p: ${pack(back('p.f'), back(`least(p.t, ${to})`))})`;
  return strict(
    [range!, step!],
    `CASE WHEN ${unbounded} THEN ${errorSql(`'GENERATE_RANGE_ARRAY does not take unbounded ranges'`, returns)} ELSE ${series} END`,
  );
};

const ofElement = (element: string): Record<string, Definition> => ({
  [`RANGE(${element}, ${element}) -> RANGE<${element}>`]: make,
});

export const rangeFunctions = defineFunctions({
  ...ofElement('DATE'),
  ...ofElement('DATETIME'),
  ...ofElement('TIMESTAMP'),
  'RANGE_START(RANGE<T>) -> T': ([range]) => start(range!),
  'RANGE_END(RANGE<T>) -> T': ([range]) => end(range!),
  'RANGE_IS_START_UNBOUNDED(RANGE<T>) -> BOOL': ([range]) => strict([range!], `(${start(range!)} IS NULL)`),
  'RANGE_IS_END_UNBOUNDED(RANGE<T>) -> BOOL': ([range]) => strict([range!], `(${end(range!)} IS NULL)`),
  'RANGE_CONTAINS(RANGE<T>, RANGE<T>) -> BOOL': ([a, b]) => strict([a!, b!], `(${startsBefore(a!, b!)} AND ${endsAfter(a!, b!)})`),
  'RANGE_CONTAINS(RANGE<T>, T) -> BOOL': containsValue,
  'RANGE_OVERLAPS(RANGE<T>, RANGE<T>) -> BOOL': ([a, b]) => strict([a!, b!], overlaps(a!, b!)),
  'RANGE_INTERSECT(RANGE<T>, RANGE<T>) -> RANGE<T>': intersect,
  'GENERATE_RANGE_ARRAY(RANGE<T>, INTERVAL, BOOL?) -> ARRAY<RANGE<T>>': generate,
});
