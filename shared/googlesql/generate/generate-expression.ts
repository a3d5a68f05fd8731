import { mayFail } from '../analyze/may-fail.ts';
import type {
  AggregateExpression,
  CastCall,
  FrameBound,
  ResolvedExpression,
  SortKey,
  SubqueryExpression,
  WindowExpression,
} from '../analyze/resolved-tree.ts';
import type { EmitContext } from '../functions/signature.ts';
import type { SqlType } from '../types/sql-type.ts';
import { placedFrameSql } from './big-frame-sql.ts';
import { castWithFormat } from './cast-format-sql.ts';
import { limitSql } from './cast-limit-sql.ts';
import { castSql } from './cast-sql.ts';
import { defaultZone } from './default-zone.ts';
import { duckType, quoteName, structFieldNames } from './duck-type.ts';
import { fieldSql } from './field-sql.ts';
import { arrayQuerySql, querySql, rowsSql } from './generate-query.ts';
import { literalSql } from './literal-sql.ts';
import { hasRangeOffset, rangeFrameSql } from './range-frame-sql.ts';
import { safely } from './safe-sql.ts';
import { sortSql } from './sort-sql.ts';
import { columnName, type SqlNames } from './sql-names.ts';

type Typed<T> = T & { readonly type: SqlType };

export function expressionSql(expression: ResolvedExpression, names: SqlNames): string {
  switch (expression.kind) {
    case 'literal':
      return literalSql(expression.value, expression.type);
    case 'column':
      return names.sqlOf(expression.column.id);
    case 'sql':
      return expression.sql;
    case 'call':
      return callSql(expression, names);
    case 'cast':
      return castCallSql(expression, names);
    case 'field':
      return expression.operand.type.kind === 'STRUCT'
        ? fieldSql(expressionSql(expression.operand, names), expression.operand.type, expression.index)
        : '';
    case 'struct':
      return structSql(expression, names);
    case 'array':
      return `CAST([${expression.elements.map((e) => expressionSql(e, names)).join(', ')}] AS ${duckType(expression.type)})`;
    case 'subquery':
      return subquerySql(expression, names);
    case 'lambda':
      return lambdaSql(expression, names);
    case 'aggregate':
      return aggregateSql(expression, names);
    case 'window':
      return windowSql(expression, names);
    case 'grouping':
      return `CAST(grouping(${expressionSql(expression.argument, names)}) AS BIGINT)`;
  }
}

function structSql(
  expression: Typed<{ readonly kind: 'struct'; readonly fields: readonly ResolvedExpression[] }>,
  names: SqlNames,
): string {
  if (expression.type.kind !== 'STRUCT' || !expression.fields.length) return 'struct_pack("_0" := 0)';
  const fieldNames = structFieldNames(expression.type);
  return `struct_pack(${expression.fields.map((f, i) => `${quoteName(fieldNames[i]!)} := ${expressionSql(f, names)}`).join(', ')})`;
}

function subquerySql(expression: SubqueryExpression, names: SqlNames): string {
  switch (expression.form) {
    case 'exists':
      return `EXISTS (${querySql(expression.query, names)})`;
    case 'scalar':
      return `(${rowsSql(expression.query, names)})`;
    case 'rows':
      return `(${rowsSql(expression.query, names)})`;
    case 'array':
      return `(${arrayQuerySql(expression.query, names)})`;
  }
}

/** The second parameter of a lambda is the element's offset, which DuckDB counts from one. */
function lambdaSql(expression: ResolvedExpression & { readonly kind: 'lambda' }, names: SqlNames): string {
  const parameters = expression.parameters.map((p) => columnName(p.id).replace('-', '_'));
  expression.parameters.forEach((p, i) => {
    names.bind(p.id, i === 0 ? parameters[i]! : `(${parameters[i]} - 1)`);
  });
  return `lambda ${parameters.join(', ')}: ${expressionSql(expression.body, names)}`;
}

const literalAt = (args: readonly ResolvedExpression[]) => (i: number) => {
  const argument = args[i];
  return argument?.kind === 'literal' ? argument.value : undefined;
};

/** The SQL of arguments; one left out before another that is there is NULL to the emitter's eye: undefined. */
const argumentsSql = (args: readonly ResolvedExpression[], names: SqlNames): string[] =>
  args.map((a) => (a.kind === 'sql' && a.sql === '' ? (undefined as unknown as string) : expressionSql(a, names)));

/** What catches errors of its arguments has none of its own for SAFE to catch. */
const CATCHERS = new Set(['NULLIFERROR', 'ISERROR']);

function callSql(call: ResolvedExpression & { readonly kind: 'call' }, names: SqlNames): string {
  const args = argumentsSql(call.arguments, names);
  const context: EmitContext = {
    types: call.arguments.map((a) => a.type),
    returns: call.type,
    literal: literalAt(call.arguments),
    aggregate: () => {
      throw new Error(`${call.name} is no aggregate`);
    },
    isDistinct: false,
    isWindow: false,
  };
  const emit = (sql: readonly string[]): string => call.signature.emit(sql, context);
  if (!call.isSafe || CATCHERS.has(call.name)) return emit(args);
  return safely(args, emit, names, call.arguments.some(mayFail));
}

function castCallSql(cast: Typed<CastCall>, names: SqlNames): string {
  const operand = expressionSql(cast.operand, names);
  const zone = cast.timeZone ? expressionSql(cast.timeZone, names) : defaultZone();
  const convert = ([sql]: readonly string[]): string => {
    const converted = cast.format
      ? castWithFormat(sql!, cast.operand.type, cast.type, expressionSql(cast.format, names), zone)
      : castSql(sql!, cast.operand.type, cast.type, zone);
    return cast.limits ? limitSql(converted, cast.type, cast.limits) : converted;
  };
  return cast.isSafe ? safely([operand], convert, names, mayFail(cast.operand)) : convert([operand]);
}

const orderSql = (keys: readonly SortKey[], names: SqlNames): string =>
  keys.map((k) => sortSql(expressionSql(k.expression, names), k.expression.type, k)).join(', ');

export function aggregateSql(call: Typed<AggregateExpression>, names: SqlNames, over = ''): string {
  const args = argumentsSql(call.arguments, names);
  const where = call.where && expressionSql(call.where, names);
  const order = orderSql(call.orderBy, names);
  const context: EmitContext = {
    types: call.arguments.map((a) => a.type),
    returns: call.type,
    literal: literalAt(call.arguments),
    isDistinct: call.isDistinct,
    isWindow: over !== '',
    ...(call.nullHandling && { nullHandling: call.nullHandling }),
    ...(call.limit && { hasLimit: expressionSql(call.limit, names) }),
    ...(call.having && { having: { bound: call.having.bound, sql: expressionSql(call.having.expression, names) } }),
    ...(call.orderBy.length > 0 && { isOrdered: true }),
    aggregate: (duckFunction, sql, overrides = {}) => {
      const isDistinct = overrides.isDistinct ?? call.isDistinct;
      const orderBy = overrides.orderBy ?? order;
      const filter = [where, overrides.filter].filter(Boolean).join(' AND ');
      const inside = `${isDistinct ? 'DISTINCT ' : ''}${sql.join(', ')}${orderBy ? ` ORDER BY ${orderBy}` : ''}${overrides.suffix ?? ''}`;
      return `${duckFunction}(${inside})${filter ? ` FILTER (WHERE ${filter})` : ''}${over}`;
    },
  };
  return call.isSafe ? safeAggregate(call, args, context, names) : call.signature.emit(args, context);
}

/** DuckDB's TRY takes no aggregates: what is computed of them is tried apart. */
function safeAggregate(call: AggregateExpression, args: readonly string[], context: EmitContext, names: SqlNames): string {
  const element = names.alias();
  const computed: string[] = [];
  const aggregate: EmitContext['aggregate'] = (...call_) => `${element}."a${computed.push(context.aggregate(...call_)) - 1}"`;
  const result = call.signature.emit(args, { ...context, aggregate });
  const packed = computed.map((sql, i) => `"a${i}" := ${sql}`).join(', ');
  return `list_extract(list_transform([struct_pack(${packed})], lambda ${element}: TRY(${result})), 1)`;
}

function windowSql(window: Typed<WindowExpression>, names: SqlNames): string {
  const sqlOf = (e: ResolvedExpression): string => expressionSql(e, names);
  const partition = window.partitionBy.map(sqlOf).join(', ');
  const { order, frame } = orderAndFrame(window, sqlOf, names);
  const parts = [partition && `PARTITION BY ${partition}`, order && `ORDER BY ${order}`, frame].filter(Boolean);
  return aggregateSql(window.call, names, ` OVER (${parts.join(' ')})`);
}

function orderAndFrame(
  window: WindowExpression,
  sqlOf: (e: ResolvedExpression) => string,
  names: SqlNames,
): { readonly order: string; readonly frame: string | undefined } {
  const places = names.framePlaces.get(window);
  if (places) return placedFrameSql(places);
  if (hasRangeOffset(window)) return rangeFrameSql(window.frame!, window.orderBy[0]!, sqlOf);
  const order = window.orderBy.map((k) => sortSql(sqlOf(k.expression), k.expression.type, k)).join(', ');
  const bound = ({ boundary, offset }: FrameBound): string => (offset ? boundary.replace('OFFSET', sqlOf(offset)) : boundary);
  return { order, frame: window.frame && `${window.frame.unit} BETWEEN ${bound(window.frame.start)} AND ${bound(window.frame.end)}` };
}
