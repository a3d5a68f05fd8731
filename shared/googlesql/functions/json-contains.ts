import { isArray, isNumber, isObject, type Json, type JsonNumber } from './json-text.ts';

/** JSON_CONTAINS. An array at the top also contains a scalar that is one of its elements. */
export function containsJson(outer: Json, inner: Json): boolean {
  const isScalar = !isArray(inner) && !isObject(inner);
  if (isArray(outer) && isScalar) return outer.some((item) => contains(item, inner));
  return contains(outer, inner);
}

function contains(outer: Json, inner: Json): boolean {
  if (isObject(inner)) return isObject(outer) && [...inner].every(([name, item]) => outer.has(name) && contains(outer.get(name)!, item));
  if (isArray(inner)) return isArray(outer) && inner.every((item) => outer.some((candidate) => contains(candidate, item)));
  if (isNumber(inner)) return isNumber(outer) && sameNumber(outer, inner);
  return outer === inner;
}

/** By value: an integer and a double are compared exactly. */
function sameNumber(a: JsonNumber, b: JsonNumber): boolean {
  if (a.isInteger && b.isInteger) return BigInt(a.text) === BigInt(b.text);
  if (!a.isInteger && !b.isInteger) return Number(a.text) === Number(b.text);
  const [whole, double] = a.isInteger ? [a, b] : [b, a];
  const value = Number(double.text);
  return Number.isInteger(value) && BigInt(value) === BigInt(whole.text);
}
