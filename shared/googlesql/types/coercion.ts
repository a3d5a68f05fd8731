import { arrayOf, isNumeric, type SqlType, sameType, structField, structOf } from './sql-type.ts';

/**
 * How strictly an expression is typed. A literal and a query parameter coerce to more types than a column does;
 * an untyped NULL or an empty untyped array coerces to anything of its shape.
 */
export type Typing = 'strict' | 'literal' | 'parameter' | 'untyped';

const NUMERIC_ORDER = ['INT64', 'NUMERIC', 'BIGNUMERIC', 'FLOAT64'];

/**
 * What a type widens to, and at what price. An INT64 rather becomes FLOAT64 than a decimal (SQRT(2) is a FLOAT64), a decimal rather stays one
 * (2 + NUMERIC '1' is a NUMERIC).
 */
const WIDENINGS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  INT64: { FLOAT64: 1, NUMERIC: 2, BIGNUMERIC: 3 },
  NUMERIC: { BIGNUMERIC: 1, FLOAT64: 6 },
  BIGNUMERIC: { FLOAT64: 6 },
  DATE: { DATETIME: 1, TIMESTAMP: 2 },
  DATETIME: { TIMESTAMP: 1 },
};

/** A text is as far from each type it may mean, so that a function's first signature decides; a FLOAT64 literal gives way to decimals beside it. */
const LITERAL_COERCIONS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  STRING: { DATE: 10, DATETIME: 10, TIME: 10, TIMESTAMP: 10, RANGE: 10, INTERVAL: 10 },
  FLOAT64: { NUMERIC: 4, BIGNUMERIC: 5 },
};

const PARAMETER_COERCIONS: typeof LITERAL_COERCIONS = { STRING: { DATE: 10, DATETIME: 10, TIME: 10, TIMESTAMP: 10 } };

/**
 * The distance of an implicit conversion: 0 for the same type, larger for a wider target, undefined when there is none.
 * Source: BigQuery's "Conversion rules", coercion columns.
 */
export function coercionDistance(from: SqlType, to: SqlType, typing: Typing): number | undefined {
  if (typing === 'untyped') return from.kind === 'ARRAY' && to.kind !== 'ARRAY' ? undefined : from.kind === to.kind ? 0 : 1;
  if (sameType(from, to)) return 0;
  if (from.kind === 'ARRAY' && to.kind === 'ARRAY') return coercionDistance(from.element, to.element, typing);
  if (from.kind === 'STRUCT' && to.kind === 'STRUCT') return structDistance(from.fields, to.fields, typing);
  if (from.kind === 'RANGE' && to.kind === 'RANGE') return undefined;
  const widening = WIDENINGS[from.kind]?.[to.kind];
  if (widening !== undefined) return widening;
  const allowed = typing === 'literal' ? LITERAL_COERCIONS : typing === 'parameter' ? PARAMETER_COERCIONS : undefined;
  return allowed?.[from.kind]?.[to.kind];
}

type Fields = readonly { readonly type: SqlType }[];

function structDistance(from: Fields, to: Fields, typing: Typing): number | undefined {
  if (from.length !== to.length) return undefined;
  let distance = 0;
  for (const [i, field] of from.entries()) {
    const step = coercionDistance(field.type, to[i]!.type, typing);
    if (step === undefined) return undefined;
    distance += step;
  }
  return distance;
}

/** `fields`: the parts of a struct that is written out, each with a typing of its own. */
export type TypedOperand = { readonly type: SqlType; readonly typing: Typing; readonly fields?: readonly TypedOperand[] };

/** The common supertype of operands (CASE branches, IN lists, array elements, set operation columns), or undefined when there is none. */
export function supertype(operands: readonly TypedOperand[]): SqlType | undefined {
  const typed = operands.filter((o) => o.typing !== 'untyped');
  if (!typed.length) return operands.find((o) => o.type.kind === 'ARRAY')?.type ?? operands[0]?.type;
  if (typed.every((o) => o.type.kind === 'STRUCT')) return mergedStruct(typed);
  const firm = typed.filter((o) => o.typing === 'strict');
  const candidates = [...(firm.length ? firm : []), ...typed].map((o) => o.type);
  for (const candidate of widest(candidates)) if (operands.every((o) => coercible(o, candidate))) return candidate;
  return mergedArray(typed);
}

/** Candidates, each followed by the wider scalar types all could meet in. */
function widest(candidates: readonly SqlType[]): readonly SqlType[] {
  const numeric = candidates.filter(isNumeric);
  if (numeric.length !== candidates.length) return candidates;
  const distinct = new Map(numeric.map((t) => [t.kind, t]));
  return [...distinct.values()].sort((a, b) => NUMERIC_ORDER.indexOf(a.kind) - NUMERIC_ORDER.indexOf(b.kind));
}

const coercible = (operand: TypedOperand, to: SqlType): boolean => coercionDistance(operand.type, to, operand.typing) !== undefined;

/** Field by field; the names are those of the first operand that has any. */
function mergedStruct(operands: readonly TypedOperand[]): SqlType | undefined {
  const structs = operands.map((o) => fieldsOf(o));
  const [first] = structs as [readonly TypedOperand[]];
  if (structs.some((s) => s.length !== first.length)) return undefined;
  const types = first.map((_, i) => supertype(structs.map((s) => s[i]!)));
  if (!types.every((t) => t)) return undefined;
  const named = operands.find((o) => o.type.kind === 'STRUCT' && o.type.fields.some((f) => f.name)) ?? operands[0]!;
  const names = named.type.kind === 'STRUCT' ? named.type.fields : [];
  return structOf(types.map((type, i) => structField(names[i]?.name, type!)));
}

const fieldsOf = ({ type, typing, fields }: TypedOperand): readonly TypedOperand[] =>
  fields ?? (type.kind === 'STRUCT' ? type.fields.map((f) => ({ type: f.type, typing })) : []);

function mergedArray(operands: readonly TypedOperand[]): SqlType | undefined {
  const elements = operands.map((o) => (o.type.kind === 'ARRAY' ? { type: o.type.element, typing: o.typing } : undefined));
  if (elements.some((e) => !e)) return undefined;
  const element = supertype(elements as TypedOperand[]);
  return element && arrayOf(element);
}

const EXPLICIT_CASTS: Readonly<Record<string, string>> = {
  INT64: 'BOOL INT64 NUMERIC BIGNUMERIC FLOAT64 STRING JSON',
  NUMERIC: 'INT64 NUMERIC BIGNUMERIC FLOAT64 STRING',
  BIGNUMERIC: 'INT64 NUMERIC BIGNUMERIC FLOAT64 STRING',
  FLOAT64: 'INT64 NUMERIC BIGNUMERIC FLOAT64 STRING',
  BOOL: 'STRING BOOL INT64',
  STRING: 'STRING BOOL INT64 NUMERIC BIGNUMERIC FLOAT64 BYTES DATE DATETIME TIME TIMESTAMP RANGE INTERVAL',
  BYTES: 'STRING BYTES',
  DATE: 'STRING DATE DATETIME TIMESTAMP',
  DATETIME: 'STRING DATE DATETIME TIME TIMESTAMP',
  TIME: 'STRING TIME',
  TIMESTAMP: 'STRING DATE DATETIME TIME TIMESTAMP',
  INTERVAL: 'STRING INTERVAL',
  JSON: 'JSON',
  GEOGRAPHY: 'GEOGRAPHY',
};

/** Whether `CAST(x AS to)` exists for an x of type `from`. */
export function isCastable(from: SqlType, to: SqlType): boolean {
  if (from.kind === 'ARRAY') return to.kind === 'ARRAY' && isCastable(from.element, to.element);
  if (from.kind === 'STRUCT') {
    return (
      to.kind === 'STRUCT' && from.fields.length === to.fields.length && from.fields.every((f, i) => isCastable(f.type, to.fields[i]!.type))
    );
  }
  if (from.kind === 'RANGE') return to.kind === 'STRING' || sameType(from, to);
  return EXPLICIT_CASTS[from.kind]!.split(' ').includes(to.kind);
}
