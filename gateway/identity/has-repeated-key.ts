/**
 * Whether an object in a JSON text that JSON.parse accepts names a key twice. Two readers of such a token may see two different
 * claims (RFC 7519 §4), so it is refused. Escaped keys count as what they spell.
 */
export function hasRepeatedKey(json: string): boolean {
  const open: (Set<string> | undefined)[] = [];
  for (const [token] of json.matchAll(/"(?:[^"\\]|\\.)*"\s*:?|[{}[\]]/g)) {
    if (token === '{') open.push(new Set());
    else if (token === '[') open.push(undefined);
    else if (token === '}' || token === ']') open.pop();
    else if (token.endsWith(':') && isRepeated(open.at(-1), token.slice(0, -1).trimEnd())) return true;
  }
  return false;
}

function isRepeated(seen: Set<string> | undefined, quoted: string): boolean {
  const key = JSON.parse(quoted) as string;
  if (seen?.has(key)) return true;
  seen?.add(key);
  return false;
}
