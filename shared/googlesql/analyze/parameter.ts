import { decodeBase64 } from '../functions/base64.ts';
import { parseCivil } from '../functions/civil-time.ts';
import { parseDecimal } from '../functions/decimal.ts';
import type { Node } from '../syntax/ast.ts';
import { type SqlType, STRING, typeText } from '../types/sql-type.ts';
import type { Analysis } from './analysis.ts';
import type { ParameterValue, QueryParameter } from './analyze-options.ts';
import { castTo, internalCall, literal, stringLiteral } from './build-expression.ts';
import type { LiteralValue, ResolvedExpression } from './resolved-tree.ts';

/** A query parameter as a typed constant. */
export function parameterExpression(parameter: QueryParameter, node: Node, analysis: Analysis): ResolvedExpression {
  const built = constantOf(parameter.type, parameter.value, node, analysis, parameter.name ?? '');
  return built.kind === 'literal' ? { ...built, isParameter: true } : built;
}

function constantOf(type: SqlType, value: ParameterValue, node: Node, analysis: Analysis, name: string): ResolvedExpression {
  if (type.kind === 'ARRAY') {
    const elements = (value.arrayValues ?? []).map((v) => constantOf(type.element, v, node, analysis, name));
    return { kind: 'array', elements, isTyped: true, type };
  }
  if (type.kind === 'STRUCT') {
    if (!value.structValues) return literal(null, type);
    const fields = type.fields.map((f) => constantOf(f.type, value.structValues?.[f.name ?? ''] ?? {}, node, analysis, name));
    return { kind: 'struct', fields, type };
  }
  if (type.kind === 'RANGE') return rangeConstant(type, value, node, analysis, name);
  if (value.value === undefined || value.value === null) return literal(null, type);
  return scalarConstant(type, value.value, node, analysis, name);
}

function rangeConstant(
  type: SqlType & { kind: 'RANGE' },
  value: ParameterValue,
  node: Node,
  analysis: Analysis,
  name: string,
): ResolvedExpression {
  if (value.value) return castTo(stringLiteral(value.value), type);
  if (!value.rangeValue) return literal(null, type);
  const bound = (side: ParameterValue | undefined) => constantOf(type.element, side ?? {}, node, analysis, name);
  const bounds = [bound(value.rangeValue.start), bound(value.rangeValue.end)];
  return internalCall('$range', bounds, type, ([start, end]) => `struct_pack("start" := ${start}, "end" := ${end})`);
}

function scalarConstant(type: SqlType, text: string, node: Node, analysis: Analysis, name: string): ResolvedExpression {
  if (type.kind === 'JSON') return internalCall(`JSON ${text}`, [stringLiteral(text)], type, ([json]) => `bq_parse_json(${json}, 'exact')`);
  if (type.kind === 'INTERVAL') return castTo(literal(text, STRING), type);
  const value = parseScalar(type, text);
  if (value === undefined)
    throw analysis.error(node, `Invalid value for parameter '${name}': Could not parse '${text}' as ${typeText(type)}`);
  return literal(value, type);
}

function parseScalar(type: SqlType, text: string): LiteralValue | undefined {
  switch (type.kind) {
    case 'INT64':
      return /^[-+]?\d+$/.test(text) ? BigInt(text.replace('+', '')) : undefined;
    case 'FLOAT64':
      return parseFloat64(text);
    case 'NUMERIC':
    case 'BIGNUMERIC':
      return parseDecimal(text, type.kind);
    case 'BOOL':
      return { true: true, false: false, '1': true, '0': false }[text.toLowerCase()];
    case 'BYTES':
      return decodeBase64(text);
    case 'DATE':
    case 'DATETIME':
    case 'TIME':
      return parseCivil(text, type.kind);
    case 'TIMESTAMP':
      return parseCivil(withoutNanoseconds(text), type.kind);
    default:
      return text;
  }
}

/** Clients send nanoseconds and picoseconds, which BigQuery cuts in a parameter and refuses in a statement. */
const withoutNanoseconds = (text: string): string => text.replace(/(\.\d{6})\d{1,6}(?!\d)/, '$1');

function parseFloat64(text: string): number | undefined {
  if (/^[-+]?inf(inity)?$/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  if (/^nan$/i.test(text)) return Number.NaN;
  const value = Number(text);
  return text.trim() === '' || Number.isNaN(value) ? undefined : value;
}
