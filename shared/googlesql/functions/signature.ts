import type { LiteralValue } from '../analyze/resolved-tree.ts';
import { arrayOf, rangeOf, type SqlType, scalarTypeNamed } from '../types/sql-type.ts';

/** What a parameter or result accepts. A `variable` is a type that all its occurrences share: T in `ARRAY_CONCAT(ARRAY<T>...) -> ARRAY<T>`. */
export type TypePattern =
  | { readonly kind: 'type'; readonly type: SqlType }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'array' | 'range'; readonly element: TypePattern }
  | { readonly kind: 'any' }
  /** Whatever CAST turns into a STRING. */
  | { readonly kind: 'castable' }
  | { readonly kind: 'struct' }
  | { readonly kind: 'keyword' }
  | { readonly kind: 'lambda'; readonly parameters: readonly TypePattern[]; readonly returns: TypePattern };

export type Parameter = {
  readonly pattern: TypePattern;
  readonly isOptional: boolean;
  readonly isRepeated: boolean;
  readonly name?: string;
};

/** What an emitter knows of its call besides the SQL of its arguments. */
export type EmitContext = {
  readonly types: readonly SqlType[];
  readonly returns: SqlType;
  /** The value of an argument that is a literal; undefined when it is none. */
  readonly literal: (index: number) => LiteralValue | undefined;
  /** For aggregates: calls a DuckDB aggregate with the call's DISTINCT, ORDER BY, filter and OVER. */
  readonly aggregate: (duckFunction: string, argumentSql: readonly string[], overrides?: AggregateOverrides) => string;
  readonly isDistinct: boolean;
  readonly isWindow: boolean;
  readonly nullHandling?: 'IGNORE' | 'RESPECT';
  /** SQL of LIMIT n. */
  readonly hasLimit?: string;
  readonly isOrdered?: boolean;
  readonly having?: { readonly bound: 'MAX' | 'MIN'; readonly sql: string };
};
export type AggregateOverrides = {
  readonly filter?: string;
  readonly orderBy?: string;
  readonly isDistinct?: boolean;
  readonly suffix?: string;
};

/** DuckDB SQL from the arguments' SQL; an argument left out is undefined. A string is a template with $1, $2, …. */
export type Emit = (args: readonly string[], context: EmitContext) => string;

export type SignatureKind = 'scalar' | 'aggregate' | 'window';
export type ScalarSignature = {
  readonly name: string;
  readonly text: string;
  readonly kind: SignatureKind;
  readonly parameters: readonly Parameter[];
  readonly returns: TypePattern;
  /** Overrides the result type where a pattern cannot say it. */
  readonly resultType?: (types: readonly SqlType[], literal: (index: number) => LiteralValue | undefined) => SqlType;
  readonly emit: Emit;
};

export type Definition = string | Emit | { readonly emit: string | Emit; readonly resultType?: NonNullable<ScalarSignature['resultType']> };

/** Signatures from `NAME(STRING, INT64?, x => BOOL?, T...) -> T` texts; several names before the parenthesis, divided by `|`, are aliases. */
export function defineFunctions(definitions: Readonly<Record<string, Definition>>, kind: SignatureKind = 'scalar'): ScalarSignature[] {
  return Object.entries(definitions).flatMap(([text, definition]) => parseSignature(text, definition, kind));
}

function parseSignature(text: string, definition: Definition, kind: SignatureKind): ScalarSignature[] {
  const [, names, inside, returns] = /^([\w.|$]+)\((.*)\) -> (.+)$/s.exec(text) ?? [];
  if (!names || inside === undefined || !returns) throw new Error(`Not a signature: ${text}`);
  const shape = typeof definition === 'object' ? definition : { emit: definition };
  const emit = typeof shape.emit === 'string' ? fromTemplate(shape.emit) : shape.emit;
  const parameters = splitTopLevel(inside).map(parseParameter);
  const rest = { text, kind, parameters, returns: parsePattern(returns), emit, ...(shape.resultType && { resultType: shape.resultType }) };
  return names.split('|').map((name) => ({ name, ...rest }));
}

const fromTemplate =
  (template: string): Emit =>
  (args) =>
    template.replace(/\$(\d)/g, (_, digit: string) => args[Number(digit) - 1] ?? 'NULL');

function parseParameter(text: string): Parameter {
  const [, name, pattern, mark] = /^(?:(\w+) => )?(.+?)(\?|\.\.\.)?$/.exec(text.trim())!;
  const base = { pattern: parsePattern(pattern!), isOptional: mark === '?', isRepeated: mark === '...' };
  return name ? { ...base, name } : base;
}

export function parsePattern(text: string): TypePattern {
  const lambda = /^(?:\((.*)\)|(\w+)) -> (.+)$/.exec(text);
  if (lambda) {
    return { kind: 'lambda', parameters: splitTopLevel(lambda[1] ?? lambda[2]!).map(parsePattern), returns: parsePattern(lambda[3]!) };
  }
  const nested = /^(ARRAY|RANGE)<(.+)>$/.exec(text);
  if (nested) return { kind: nested[1] === 'ARRAY' ? 'array' : 'range', element: parsePattern(nested[2]!) };
  if (text === 'ANY') return { kind: 'any' };
  if (text === 'CASTABLE') return { kind: 'castable' };
  if (text === 'STRUCT') return { kind: 'struct' };
  if (text === 'KEYWORD') return { kind: 'keyword' };
  const type = scalarTypeNamed(text);
  if (type) return { kind: 'type', type };
  if (/^T\d?$/.test(text)) return { kind: 'variable', name: text };
  throw new Error(`Not a type pattern: ${text}`);
}

function splitTopLevel(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let part = '';
  for (const character of text) {
    if ('(<'.includes(character)) depth++;
    if (character === ')' || (character === '>' && !/[-=]$/.test(part))) depth--;
    if (character === ',' && depth === 0) {
      parts.push(part.trim());
      part = '';
    } else part += character;
  }
  if (part.trim()) parts.push(part.trim());
  return parts;
}

export type Bindings = Map<string, SqlType>;

/** The type a pattern means under bindings; undefined while a variable is free. */
export function substitute(pattern: TypePattern, bindings: Bindings): SqlType | undefined {
  if (pattern.kind === 'type') return pattern.type;
  if (pattern.kind === 'variable') return bindings.get(pattern.name);
  if (pattern.kind !== 'array' && pattern.kind !== 'range') return undefined;
  const element = substitute(pattern.element, bindings);
  return element && (pattern.kind === 'array' ? arrayOf(element) : rangeOf(element));
}
