import { isArray, isObject, type Json } from './json-text.ts';

export type PathStep = { readonly member: string } | { readonly index: number } | { readonly wildcard: true };
export type JsonPath = { readonly steps: readonly PathStep[]; readonly mode: 'strict' | 'lax' | 'lax recursive' };

const cache = new Map<string, JsonPath | string>();

/** A JSONPath such as `$.a[0]."b c"`; `isLegacy` allows `['b c']` as JSON_EXTRACT does. Throws with BigQuery's reason. */
export function parsePath(text: string, isLegacy: boolean): JsonPath {
  const key = `${isLegacy}${text}`;
  let found = cache.get(key);
  if (found === undefined) {
    found = readPath(text, isLegacy);
    if (cache.size < 1000) cache.set(key, found);
  }
  if (typeof found === 'string') throw new Error(found);
  return found;
}

function readPath(text: string, isLegacy: boolean): JsonPath | string {
  const m = /^\s*(?:(strict|lax recursive|recursive lax|lax)\s+)?(\$[\s\S]*)$/i.exec(text);
  if (!m) return "JSONPath must start with '$'";
  const mode = m[1]?.toLowerCase().replace('recursive lax', 'lax recursive') as JsonPath['mode'] | undefined;
  const steps: PathStep[] = [];
  let rest = m[2]!.slice(1);
  const member = isLegacy
    ? /^\.(?:(?!)()|([^.[\]"'\s]+))|^\[\s*(?:'((?:[^'\\]|\\.)*)'|([A-Za-z_][^\]'"]*))\s*\]/
    : /^\.\s*(?:"((?:[^"\\]|\\.)*)"|([^.[\]"'\s]+))/;
  while (rest) {
    const index = /^\[\s*(-?\d+)\s*\]/.exec(rest);
    const star = /^\[\s*\*\s*\]|^\.\*/.exec(rest);
    const name = member.exec(rest);
    if (isLegacy && rest === '.') break;
    if (star && !mode?.startsWith('lax')) return 'Unsupported operator in JSONPath: *';
    if (star) steps.push({ wildcard: true });
    else if (index) steps.push({ index: Number(index[1]) });
    else if (name) steps.push({ member: (name[1] ?? name[2] ?? name[3] ?? name[4])!.replace(/\\(.)/g, '$1') });
    else return `Invalid token in JSONPath at: ${rest}`;
    rest = rest.slice((star ?? index ?? name)![0].length);
  }
  return { steps, mode: mode ?? 'strict' };
}

/** What a path without wildcards leads to; undefined where it leads nowhere. */
export function atPath(value: Json, steps: readonly PathStep[]): Json | undefined {
  let at: Json | undefined = value;
  for (const step of steps) {
    if ('member' in step)
      at = isObject(at) ? at.get(step.member) : isArray(at) && /^\d+$/.test(step.member) ? at[Number(step.member)] : undefined;
    else if ('index' in step) at = isArray(at) ? at[step.index] : undefined;
    else return undefined;
    if (at === undefined) return undefined;
  }
  return at;
}

/** All values a lax path leads to: arrays are gone into for members, and a single value is an array of itself for indexes. */
export function laxMatches(value: Json, steps: readonly PathStep[], isRecursive: boolean): Json[] {
  const [step, ...rest] = steps;
  if (!step) return [value];
  if ('wildcard' in step)
    return isArray(value) ? value.flatMap((item) => laxMatches(item, rest, isRecursive)) : laxMatches(value, rest, isRecursive);
  if ('index' in step) {
    const item = isArray(value) ? value[step.index] : step.index === 0 ? value : undefined;
    return item === undefined ? [] : laxMatches(item, rest, isRecursive);
  }
  if (isArray(value)) {
    return value.flatMap((item) =>
      isArray(item) && !isRecursive ? [] : isArray(item) || isObject(item) ? laxMatches(item, steps, isRecursive) : [],
    );
  }
  const member = isObject(value) ? value.get(step.member) : undefined;
  return member === undefined ? [] : laxMatches(member, rest, isRecursive);
}
