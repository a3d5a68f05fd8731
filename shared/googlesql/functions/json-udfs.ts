import { floatText } from './float-text.ts';
import { containsJson } from './json-contains.ts';
import { appendPairs, edited, insertPairs, keys, plainSteps, removed, setPairs, strip } from './json-edit.ts';
import { inRange, laxArray, laxBool, laxFloat, laxInt, laxString } from './json-lax.ts';
import { atPath, laxMatches, parsePath } from './json-path.ts';
import {
  doubleText,
  findInJson,
  isArray,
  isNumber,
  isObject,
  JSON_TYPE_NAMES,
  type Json,
  type JsonStep,
  jsonText,
  normaliseJson,
  parseJson,
  prettyJson,
  tryParseJson,
} from './json-text.ts';
import type { ScalarUdf } from './scalar-udf.ts';

function fail(message: string): never {
  throw new Error(message);
}

/** The value a path leads to in a JSON text; undefined also for a text that is no JSON. */
function found(text: string, path: string, isLegacy: boolean): Json | undefined {
  const { steps, mode } = parsePath(path, isLegacy);
  if (mode === 'strict') return findInJson(text, steps as readonly JsonStep[]);
  const value = tryParseJson(text);
  return value === undefined ? undefined : (laxMatches(value, steps, mode === 'lax recursive') as Json);
}

/** A scalar as text; undefined for objects, arrays, null and nothing. */
function scalarText(value: Json | undefined): string | null {
  if (value === undefined || value === null) return null;
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return String(value);
  return isNumber(value) ? value.text : null;
}

const textOrNull = (value: Json | undefined, isRaw = false): string | null => (value === undefined ? null : jsonText(value, isRaw));

const arrayOr = <T>(value: Json | undefined, map: (item: Json) => T): T[] | null => (isArray(value) ? value.map(map) : null);

/** JSON_VALUE_ARRAY: NULL when an element is no scalar. */
function scalarArray(value: Json | undefined): (string | null)[] | null {
  if (!isArray(value) || value.some((item) => isArray(item) || isObject(item))) return null;
  return value.map(scalarText);
}

/** A JSON number that is whole; out of the type's range is an error of its own. */
function integerOf(value: Json, type: string): bigint | undefined {
  if (!isNumber(value)) return undefined;
  const n = Number(value.text);
  if (!value.isInteger && !Number.isInteger(n)) return undefined;
  const exact = value.isInteger ? BigInt(value.text) : BigInt(n);
  return inRange(exact, type) ? exact : fail(`The provided JSON number: ${value.text} cannot be converted to an ${type.toLowerCase()}`);
}

const describe = (value: Json): string => (value === null ? 'null' : JSON_TYPE_NAMES(value));
const mustBe =
  <T>(convert: (value: Json) => T | undefined, type: string) =>
  (text: string): T => {
    const value = parseJson(text);
    return convert(value) ?? fail(`The provided JSON input is not ${type === 'integer' ? 'an integer' : `a ${type}`}`);
  };

/** FLOAT32's nearest value, as the shortest decimal that means it: 9.8, not 9.800000190734863. Undefined beyond its range. */
function narrowed(value: number): number | undefined {
  const single = Math.fround(value);
  if (!Number.isFinite(value)) return value;
  if (!Number.isFinite(single)) return undefined;
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(single.toPrecision(digits));
    if (Math.fround(short) === single) return short;
  }
  return Number(single.toPrecision(9));
}

function singleOf(text: string, mode: string): number {
  const value = floatOf(text, mode);
  const single = narrowed(value) ?? fail(`JSON number: ${floatText(value)} cannot be converted to FLOAT`);
  if (mode === 'exact' && Number.isInteger(value) && single !== value)
    fail(`JSON number: ${text} cannot be converted to FLOAT without loss of precision`);
  return single;
}

const laxSingle = (text: string): number | null => {
  const value = laxFloat(text);
  return value === null ? null : (narrowed(value) ?? null);
};

/** FLOAT64(json): `exact` refuses an integer a double cannot hold. */
function floatOf(text: string, mode: string): number {
  if (mode !== 'exact' && mode !== 'round') fail(`Invalid \`wide_number_mode\` specified: ${mode}`);
  const value = parseJson(text);
  if (!isNumber(value)) return fail(`The provided JSON input is not a number (${describe(value)})`);
  const n = Number(value.text);
  if (mode === 'exact' && value.isInteger && BigInt(n) !== BigInt(value.text))
    fail(`JSON number: ${value.text} cannot be converted to DOUBLE without loss of precision`);
  return n;
}

const strictArray =
  <T>(convert: (item: Json) => T | undefined, type: string) =>
  (text: string): T[] => {
    const value = parseJson(text);
    if (!isArray(value)) return fail(`The provided JSON input is not an array`);
    return value.map((item) => convert(item) ?? fail(`The provided JSON input is not an array of ${type}`));
  };

function object(names: readonly (string | null)[] | null, values: readonly (string | null)[] | null): string {
  if (!names) return fail('Invalid input to JSON_OBJECT: The keys array cannot be NULL');
  if (!values) return fail('Invalid input to JSON_OBJECT: The values array cannot be NULL');
  if (names.length !== values.length) fail('The number of keys and values must match');
  const members = new Map<string, Json>();
  for (const [i, name] of names.entries()) {
    if (name === null) fail('A key cannot be NULL in JSON_OBJECT');
    if (!members.has(name!)) members.set(name!, values[i] === null ? null : parseJson(values[i]!));
  }
  return jsonText(members);
}

const legacy = ['VARCHAR', 'VARCHAR', 'BOOLEAN'] as const;

export const jsonUdfs: readonly ScalarUdf[] = [
  {
    name: 'bq_parse_json',
    parameters: ['VARCHAR', 'VARCHAR'],
    returns: 'VARCHAR',
    call: (text: string, mode: string) => {
      if (mode !== 'exact' && mode !== 'round') fail(`Invalid \`wide_number_mode\` specified for PARSE_JSON: ${mode}`);
      try {
        return jsonText(normaliseJson(parseJson(text), mode));
      } catch (error) {
        return fail(`Invalid input to PARSE_JSON: ${(error as Error).message}`);
      }
    },
  },
  {
    name: 'bq_json_member',
    parameters: ['VARCHAR', 'VARCHAR'],
    returns: 'VARCHAR',
    call: (t: string, name: string) => textOrNull(atObject(parseJson(t), name)),
  },
  {
    name: 'bq_json_element',
    parameters: ['VARCHAR', 'BIGINT'],
    returns: 'VARCHAR',
    call: (t: string, i: bigint) => textOrNull(i < 0n ? undefined : atPath(parseJson(t), [{ index: Number(i) }])),
  },
  {
    name: 'bq_json_query',
    parameters: [...legacy, 'BOOLEAN'],
    returns: 'VARCHAR',
    call: (t: string, p: string, l: boolean, isRaw: boolean) => textOrNull(found(t, p, l), isRaw),
  },
  { name: 'bq_json_value', parameters: legacy, returns: 'VARCHAR', call: (t: string, p: string, l: boolean) => scalarText(found(t, p, l)) },
  {
    name: 'bq_json_query_array',
    parameters: [...legacy, 'BOOLEAN'],
    returns: 'VARCHAR[]',
    call: (t: string, p: string, l: boolean, isRaw: boolean) => arrayOr(found(t, p, l), (item) => jsonText(item, isRaw)),
  },
  {
    name: 'bq_json_value_array',
    parameters: legacy,
    returns: 'VARCHAR[]',
    call: (t: string, p: string, l: boolean) => scalarArray(found(t, p, l)),
  },
  { name: 'bq_json_type', parameters: ['VARCHAR'], returns: 'VARCHAR', call: (t: string) => JSON_TYPE_NAMES(parseJson(t)) },
  {
    name: 'bq_json_bool',
    parameters: ['VARCHAR'],
    returns: 'BOOLEAN',
    call: mustBe((v) => (typeof v === 'boolean' ? v : undefined), 'boolean'),
  },
  {
    name: 'bq_json_int',
    parameters: ['VARCHAR', 'VARCHAR'],
    returns: 'BIGINT',
    call: (t: string, type: string) => mustBe((v) => integerOf(v, type), 'integer')(t),
  },
  {
    name: 'bq_json_string',
    parameters: ['VARCHAR'],
    returns: 'VARCHAR',
    call: mustBe((v) => (typeof v === 'string' ? v : undefined), 'string'),
  },
  { name: 'bq_json_float', parameters: ['VARCHAR', 'VARCHAR'], returns: 'DOUBLE', call: floatOf },
  {
    name: 'bq_json_bool_array',
    parameters: ['VARCHAR'],
    returns: 'BOOLEAN[]',
    call: strictArray((v) => (typeof v === 'boolean' ? v : undefined), 'booleans'),
  },
  {
    name: 'bq_json_int_array',
    parameters: ['VARCHAR', 'VARCHAR'],
    returns: 'BIGINT[]',
    call: (t: string, type: string) => strictArray((v) => integerOf(v, type), 'integers')(t),
  },
  {
    name: 'bq_json_string_array',
    parameters: ['VARCHAR'],
    returns: 'VARCHAR[]',
    call: strictArray((v) => (typeof v === 'string' ? v : undefined), 'strings'),
  },
  {
    name: 'bq_json_float_array',
    parameters: ['VARCHAR', 'VARCHAR'],
    returns: 'DOUBLE[]',
    call: (t: string, mode: string) => strictArray((v) => floatOf(jsonText(v), mode), 'numbers')(t),
  },
  { name: 'bq_json_single', parameters: ['VARCHAR', 'VARCHAR'], returns: 'DOUBLE', call: singleOf },
  {
    name: 'bq_json_single_array',
    parameters: ['VARCHAR', 'VARCHAR'],
    returns: 'DOUBLE[]',
    call: (t: string, mode: string) => strictArray((v) => singleOf(jsonText(v), mode), 'numbers')(t),
  },
  { name: 'bq_lax_single', parameters: ['VARCHAR'], returns: 'DOUBLE', call: laxSingle },
  { name: 'bq_lax_single_array', parameters: ['VARCHAR'], returns: 'DOUBLE[]', call: laxArray(laxSingle) },
  { name: 'bq_lax_bool', parameters: ['VARCHAR'], returns: 'BOOLEAN', call: laxBool },
  { name: 'bq_lax_int', parameters: ['VARCHAR', 'VARCHAR'], returns: 'BIGINT', call: laxInt },
  { name: 'bq_lax_float', parameters: ['VARCHAR'], returns: 'DOUBLE', call: laxFloat },
  { name: 'bq_lax_string', parameters: ['VARCHAR'], returns: 'VARCHAR', call: (t: string) => laxString(t) },
  { name: 'bq_lax_bool_array', parameters: ['VARCHAR'], returns: 'BOOLEAN[]', call: laxArray(laxBool) },
  {
    name: 'bq_lax_int_array',
    parameters: ['VARCHAR', 'VARCHAR'],
    returns: 'BIGINT[]',
    call: (t: string, type: string) => laxArray((item) => laxInt(item, type))(t),
  },
  { name: 'bq_lax_float_array', parameters: ['VARCHAR'], returns: 'DOUBLE[]', call: laxArray(laxFloat) },
  { name: 'bq_lax_string_array', parameters: ['VARCHAR'], returns: 'VARCHAR[]', call: laxArray(laxString) },
  { name: 'bq_json_set', parameters: ['VARCHAR', 'VARCHAR[]', 'BOOLEAN'], returns: 'VARCHAR', call: setPairs },
  { name: 'bq_json_insert', parameters: ['VARCHAR', 'VARCHAR[]', 'BOOLEAN'], returns: 'VARCHAR', call: insertPairs },
  { name: 'bq_json_append', parameters: ['VARCHAR', 'VARCHAR[]', 'BOOLEAN'], returns: 'VARCHAR', call: appendPairs },
  {
    name: 'bq_json_remove',
    parameters: ['VARCHAR', 'VARCHAR[]'],
    returns: 'VARCHAR',
    call: (t: string, paths: readonly (string | null)[]) => {
      const remove = (doc: Json, path: string | null): Json => {
        const steps = path === null ? [] : plainSteps(path);
        if (path !== null && !steps.length) fail("The JSONPath cannot be '$'");
        return edited(doc, steps, null, removed, false);
      };
      return jsonText(paths.reduce(remove, parseJson(t)));
    },
  },
  { name: 'bq_json_strip_nulls', parameters: ['VARCHAR', 'VARCHAR', 'BOOLEAN', 'BOOLEAN'], returns: 'VARCHAR', call: strip },
  {
    name: 'bq_json_keys',
    parameters: ['VARCHAR', 'BIGINT', 'VARCHAR'],
    returns: 'VARCHAR[]',
    call: (t: string, depth: bigint, mode: string) => {
      if (!['strict', 'lax', 'lax recursive', 'recursive lax'].includes(mode)) fail('Invalid JSON mode specified');
      if (depth < 1n) fail('max_depth must be positive.');
      return [...keys(parseJson(t), Number(depth), mode.replace('recursive lax', 'lax recursive'))].sort();
    },
  },
  {
    name: 'bq_json_flatten',
    parameters: ['VARCHAR'],
    returns: 'VARCHAR[]',
    call: (t: string) => {
      const flatten = (value: Json): Json[] => (isArray(value) ? value.flatMap(flatten) : [value]);
      return flatten(parseJson(t)).map((item) => jsonText(item));
    },
  },
  { name: 'bq_json_object', parameters: ['VARCHAR[]', 'VARCHAR[]'], returns: 'VARCHAR', takesNull: true, call: object },
  {
    name: 'bq_json_contains',
    parameters: ['VARCHAR', 'VARCHAR'],
    returns: 'BOOLEAN',
    call: (outer: string, inner: string) => containsJson(parseJson(outer), parseJson(inner)),
  },
  { name: 'bq_json_pretty', parameters: ['VARCHAR'], returns: 'VARCHAR', call: (t: string) => prettyJson(parseJson(t)) },
  {
    name: 'bq_json_float_text',
    parameters: ['DOUBLE'],
    returns: 'VARCHAR',
    call: (v: number) => (Number.isFinite(v) ? floatText(v) : `"${Number.isNaN(v) ? 'NaN' : v > 0 ? 'Infinity' : '-Infinity'}"`),
  },
  {
    name: 'bq_json_double_text',
    parameters: ['DOUBLE'],
    returns: 'VARCHAR',
    call: (v: number) => (Number.isFinite(v) ? doubleText(v) : `"${Number.isNaN(v) ? 'NaN' : v > 0 ? 'Infinity' : '-Infinity'}"`),
  },
  { name: 'bq_json_quote', parameters: ['VARCHAR'], returns: 'VARCHAR', call: (t: string) => jsonText(t) },
];

const atObject = (value: Json, name: string): Json | undefined => (isObject(value) ? value.get(name) : undefined);
