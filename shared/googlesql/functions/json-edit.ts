import { atPath, type JsonPath, type PathStep, parsePath } from './json-path.ts';
import { isArray, isObject, type Json, jsonText, parseJson } from './json-text.ts';

function fail(message: string): never {
  throw new Error(message);
}

// Changing a document. Each path's value is put into what the paths before made.

type Edit = (parent: Json, step: PathStep, value: Json) => Json | undefined;

/** The document with the last step of a path edited; missing parents are made when `creates`. */
export function edited(document: Json, steps: readonly PathStep[], value: Json, edit: Edit, creates: boolean): Json {
  const [step, ...rest] = steps;
  if (!step) return document;
  if (!rest.length) return edit(document, step, value) ?? document;
  const child = atPath(document, [step]);
  if (child === undefined && !creates) return document;
  const inner = edited(child ?? null, rest, value, edit, creates);
  return put(document, step, inner) ?? document;
}

/** The parent with the step's place set; null becomes an object or array; undefined where the step does not fit. */
function put(parent: Json, step: PathStep, value: Json): Json | undefined {
  if ('member' in step) {
    if (parent !== null && !isObject(parent)) return undefined;
    return new Map([...(parent ?? []), [step.member, value]]);
  }
  if (!('index' in step) || (parent !== null && !isArray(parent))) return undefined;
  const items = [...(parent ?? [])];
  while (items.length < step.index) items.push(null);
  items[step.index] = value;
  return items;
}

export function removed(parent: Json, step: PathStep): Json | undefined {
  if ('member' in step && isObject(parent)) return new Map([...parent].filter(([name]) => name !== step.member));
  if ('index' in step && isArray(parent)) return parent.filter((_, i) => i !== step.index);
  return undefined;
}

function insertedInto(parent: Json, step: PathStep, value: Json, insertsEach: boolean): Json | undefined {
  if (!('index' in step) || (parent !== null && !isArray(parent))) return undefined;
  const items = [...(parent ?? [])];
  while (items.length < step.index) items.push(null);
  items.splice(step.index, 0, ...(insertsEach && isArray(value) ? value : [value]));
  return items;
}

export const plainSteps = (path: string): readonly PathStep[] => {
  const { steps }: JsonPath = parsePath(path, false);
  if (steps.some((s) => 'wildcard' in s)) fail('Wildcards are not supported in this JSONPath');
  return steps;
};

/** Pairs of path and value, as the emitter packs them: path, JSON text, path, JSON text, … */
function eachPair(
  document: string,
  pairs: readonly (string | null)[],
  apply: (document: Json, steps: readonly PathStep[], value: Json) => Json,
): string {
  let result = parseJson(document);
  for (let i = 0; i + 1 < pairs.length; i += 2) {
    if (pairs[i] === null) continue;
    result = apply(result, plainSteps(pairs[i]!), pairs[i + 1] === null ? null : parseJson(pairs[i + 1]!));
  }
  return jsonText(result);
}

export function setPairs(document: string, pairs: readonly (string | null)[], creates: boolean): string {
  return eachPair(document, pairs, (doc, steps, value) => {
    if (!steps.length) return value;
    if (!creates && atPath(doc, steps) === undefined) return doc;
    return edited(doc, steps, value, put, true);
  });
}

export function insertPairs(document: string, pairs: readonly (string | null)[], insertsEach: boolean): string {
  return eachPair(document, pairs, (doc, steps, value) =>
    steps.length ? edited(doc, steps, value, (parent, step, v) => insertedInto(parent, step, v, insertsEach), false) : doc,
  );
}

export function appendPairs(document: string, pairs: readonly (string | null)[], appendsEach: boolean): string {
  return eachPair(document, pairs, (doc, steps, value) => {
    const target = atPath(doc, steps);
    if (target !== null && !isArray(target)) return doc;
    const grown = [...(target ?? []), ...(appendsEach && isArray(value) ? value : [value])];
    return steps.length ? edited(doc, steps, grown, put, false) : grown;
  });
}

function stripNulls(value: Json, includesArrays: boolean, removesEmpty: boolean): Json | undefined {
  if (value === null) return undefined;
  if (isObject(value)) {
    const kept = [...value].flatMap(([name, item]): [string, Json][] => {
      const stripped = stripNulls(item, includesArrays, removesEmpty);
      return stripped === undefined ? [] : [[name, stripped]];
    });
    return removesEmpty && !kept.length ? undefined : new Map(kept);
  }
  if (!isArray(value)) return value;
  const items = value.map((item) => stripNulls(item, includesArrays, removesEmpty) ?? (includesArrays ? undefined : null));
  const kept = items.filter((item) => item !== undefined);
  return removesEmpty && includesArrays && !kept.length ? undefined : kept;
}

export function strip(text: string, path: string, includesArrays: boolean, removesEmpty: boolean): string {
  const document = parseJson(text);
  const steps = plainSteps(path);
  const target = atPath(document, steps);
  if (target === undefined) return jsonText(document);
  const stripped = stripNulls(target, includesArrays, removesEmpty) ?? null;
  return jsonText(steps.length ? edited(document, steps, stripped, put, false) : stripped);
}

export function keys(value: Json, depth: number, mode: string, prefix = '', into = new Set<string>()): Set<string> {
  if (depth <= 0) return into;
  if (isArray(value) && mode !== 'strict') {
    for (const item of value) if (!isArray(item) || mode === 'lax recursive') keys(item, depth, mode, prefix, into);
  }
  if (!isObject(value)) return into;
  for (const [name, item] of value) {
    const path = prefix + (/^\w+$/.test(name) ? name : `"${name.replaceAll('"', '\\"')}"`);
    into.add(path);
    keys(item, depth - 1, mode, `${path}.`, into);
  }
  return into;
}
