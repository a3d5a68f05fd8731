import { type DuckDBValue, timestampValue } from '@duckdb/node-api';
import { EngineError } from '../../../shared/contract/failure.ts';
import type { Filter, FilterOperator, FilterTerm } from './parse-filter.ts';

/** A condition over the view `exchange`, with `$1 …` for the values. */
export type SqlCondition = { readonly where: string; readonly values: readonly DuckDBValue[] };

/** Throws EngineError FILTER_VALUE where a value does not fit its field. */
export function filterToSql(filter: Filter): SqlCondition {
  const values: DuckDBValue[] = [];
  const bind = (value: DuckDBValue): string => `$${values.push(value)}`;
  return { where: toCondition(filter, bind), values };
}

type Bind = (value: DuckDBValue) => string;

function toCondition(filter: Filter, bind: Bind): string {
  switch (filter.kind) {
    case 'all':
      return filter.of.length === 0 ? 'true' : filter.of.map((each) => toCondition(each, bind)).join(' AND ');
    case 'any':
      return `(${filter.of.map((each) => `(${toCondition(each, bind)})`).join(' OR ')})`;
    case 'not':
      // An absent value is not a match, so that its negation is one.
      return `NOT coalesce((${toCondition(filter.of, bind)}), false)`;
    case 'word':
      return toSqlSearch(filter.text, bind);
    case 'field': {
      const any = filter.values.map((value) => toFieldCondition(filter, value, bind)).join(' OR ');
      return filter.operator === '!=' ? `NOT coalesce((${any}), false)` : `(${any})`;
    }
  }
}

const toSqlSearch = (text: string, bind: Bind): string =>
  `number IN (SELECT number FROM statement WHERE contains(sql_lower, ${bind(text.toLowerCase())}))`;

function toFieldCondition(term: FilterTerm & { kind: 'field' }, value: string, bind: Bind): string {
  const { field, operator } = term;
  const expression = field.expression;
  switch (field.kind) {
    case 'text':
      return toTextCondition(expression, value, operator, bind);
    case 'word':
      return field.name === 'outcome' ? toOutcomeCondition(value, bind) : toPatternCondition(expression, value, bind);
    case 'list':
      return `len(list_filter(${expression}, item -> ${toListItem(value, bind)})) > 0`;
    case 'sql':
      return toSqlSearch(value, bind);
    case 'session':
      return `bundle_id IN (SELECT bundle_id FROM session WHERE ${toTextCondition('session_name', value, operator, bind)} OR session_id = ${bind(value)})`;
    case 'yesno':
      return `coalesce(${expression}, false) = ${toYesNo(term, value)}`;
    case 'number':
      return `${expression} ${toComparison(operator)} ${bind(toNumber(term, value))}`;
    case 'bytes':
      return `${expression} ${toComparison(operator)} ${bind(toBytes(term, value))}`;
    case 'duration':
      return `${expression} ${toComparison(operator)} ${bind(toMilliseconds(term, value))}`;
    case 'time':
      return toTimeCondition(term, value, bind);
  }
}

/** `=` asks for the whole text, `:` for a part of it. */
function toTextCondition(expression: string, value: string, operator: FilterOperator, bind: Bind): string {
  if (value.includes('*') || operator === '=') return toPatternCondition(expression, value, bind);
  return `contains(lower(${expression}), ${bind(value.toLowerCase())})`;
}

function toPatternCondition(expression: string, value: string, bind: Bind): string {
  if (!value.includes('*')) return `lower(${expression}) = ${bind(value.toLowerCase())}`;
  return `lower(${expression}) LIKE ${bind(toLikePattern(value))} ESCAPE '\\'`;
}

const toLikePattern = (value: string): string =>
  value
    .toLowerCase()
    .replaceAll(/[\\%_]/g, '\\$&')
    .replaceAll('*', '%');

/** `acme.sales.orders`, `sales.*`, `orders`: a name without its project or dataset matches at the end. */
function toListItem(value: string, bind: Bind): string {
  const whole = toPatternCondition('item', value, bind);
  return `(${whole} OR ${toPatternCondition('item', `*.${value}`, bind)})`;
}

function toOutcomeCondition(value: string, bind: Bind): string {
  const word = value.toLowerCase();
  if (word === 'denied') return `effect = 'deny'`;
  if (word === 'failed') return `outcome IN ('upstream-error', 'transport-failed', 'aborted')`;
  return toPatternCondition('outcome', value, bind);
}

const toComparison = (operator: FilterOperator): string => (operator === ':' || operator === '!=' ? '=' : operator);

const misfit = ({ field, span }: FilterTerm & { kind: 'field' }, value: string, example: string): EngineError =>
  new EngineError({
    code: 'FILTER_VALUE',
    message: `"${value}" is not a value of "${field.name}".`,
    remedy: `For example: ${example}`,
    span,
  });

function toNumber(term: FilterTerm & { kind: 'field' }, value: string): DuckDBValue {
  if (!/^\d{1,18}$/.test(value)) throw misfit(term, value, `${term.field.name}:1000`);
  return BigInt(value);
}

const byteUnits: Readonly<Record<string, bigint>> = {
  '': 1n,
  b: 1n,
  k: 10n ** 3n,
  kb: 10n ** 3n,
  m: 10n ** 6n,
  mb: 10n ** 6n,
  g: 10n ** 9n,
  gb: 10n ** 9n,
  t: 10n ** 12n,
  tb: 10n ** 12n,
  kib: 2n ** 10n,
  mib: 2n ** 20n,
  gib: 2n ** 30n,
  tib: 2n ** 40n,
};

/** `1GB` is 10⁹ bytes, `1GiB` 2³⁰. */
function toBytes(term: FilterTerm & { kind: 'field' }, value: string): DuckDBValue {
  const match = /^(\d{1,12})(?:\.(\d{1,3}))?([A-Za-z]*)$/.exec(value);
  const unit = byteUnits[match?.[3]?.toLowerCase() ?? '?'];
  if (match === null || unit === undefined) throw misfit(term, value, `${term.field.name}>1.5GB`);
  return (BigInt(`${match[1]}${(match[2] ?? '').padEnd(3, '0')}`) * unit) / 1000n;
}

const durationUnits: Readonly<Record<string, number>> = { '': 1, ms: 1, s: 1000, m: 60_000, min: 60_000, h: 3_600_000 };

function toMilliseconds(term: FilterTerm & { kind: 'field' }, value: string): DuckDBValue {
  const match = /^(\d+(?:\.\d+)?)([a-z]*)$/i.exec(value);
  const unit = durationUnits[match?.[2]?.toLowerCase() ?? '?'];
  if (match === null || unit === undefined) throw misfit(term, value, `${term.field.name}>2s`);
  return Number(match[1]) * unit;
}

function toYesNo(term: FilterTerm & { kind: 'field' }, value: string): string {
  if (/^(yes|true|1)$/i.test(value)) return 'true';
  if (/^(no|false|0)$/i.test(value)) return 'false';
  throw misfit(term, value, `${term.field.name}:yes`);
}

const timePattern = /^\d{4}(-\d\d(-\d\d(T\d\d(:\d\d(:\d\d(\.\d{1,3})?)?)?Z?)?)?)?$/;

/** A time may be cut short: `at:2026-03-02` is the whole day, `at>=2026-03-02T09` from nine on. */
function toTimeCondition(term: FilterTerm & { kind: 'field' }, value: string, bind: Bind): string {
  const interval = timePattern.test(value) ? toInterval(value.replace(/Z$/, '')) : undefined;
  if (interval === undefined) throw misfit(term, value, 'at>=2026-03-02T09:00');
  const from = (): string => bind(timestampValue(BigInt(interval.from) * 1000n));
  const to = (): string => bind(timestampValue(BigInt(interval.to) * 1000n));
  switch (term.operator) {
    case '>':
      return `started_at >= ${to()}`;
    case '>=':
      return `started_at >= ${from()}`;
    case '<':
      return `started_at < ${from()}`;
    case '<=':
      return `started_at < ${to()}`;
    default:
      return `(started_at >= ${from()} AND started_at < ${to()})`;
  }
}

/** Epoch milliseconds [from, to) of a time as precise as it is written. */
function toInterval(value: string): { from: number; to: number } | undefined {
  const [date = '', time = ''] = value.split('T');
  const [year = 0, month = 1, day = 1] = date.split('-').map(Number);
  const [hour = 0, minute = 0, seconds = 0] = time === '' ? [] : time.split(':').map(Number);
  const from = Date.UTC(year, month - 1, day, hour, minute, 0, Math.round(seconds * 1000));
  if (Number.isNaN(from) || new Date(from).toISOString().slice(0, date.length) !== date) return undefined;
  const parts = date.split('-').length + (time === '' ? 0 : time.split(':').length);
  const to = [
    () => Date.UTC(year + 1, 0),
    () => Date.UTC(year, month),
    () => from + 86_400_000,
    () => from + 3_600_000,
    () => from + 60_000,
    () => from + (time.includes('.') ? 1 : 1000),
  ][parts - 1];
  return to === undefined ? undefined : { from, to: to() };
}
