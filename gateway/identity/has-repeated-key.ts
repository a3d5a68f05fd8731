const quote = 0x22;
const colon = 0x3a;
const backslash = 0x5c;

/**
 * Whether an object in a JSON text that JSON.parse accepts names a key twice. Two readers of such a token may see two different
 * claims (RFC 7519 §4), so it is refused. Escaped keys count as what they spell.
 */
export function hasRepeatedKey(json: string): boolean {
  const open: (Set<string> | undefined)[] = [];
  for (let at = 0; at < json.length; at++) {
    const letter = json.charCodeAt(at);
    if (letter === 0x7b) open.push(new Set());
    else if (letter === 0x5b) open.push(undefined);
    else if (letter === 0x7d || letter === 0x5d) open.pop();
    else if (letter === quote) {
      const end = endOfString(json, at);
      if (isKey(json, end) && isRepeated(open.at(-1), json.slice(at, end))) return true;
      at = end - 1;
    }
  }
  return false;
}

/** The place after the closing quote. */
function endOfString(json: string, begin: number): number {
  let at = begin + 1;
  while (json.charCodeAt(at) !== quote) at += json.charCodeAt(at) === backslash ? 2 : 1;
  return at + 1;
}

function isKey(json: string, after: number): boolean {
  let at = after;
  while (json.charCodeAt(at) <= 0x20) at++;
  return json.charCodeAt(at) === colon;
}

function isRepeated(seen: Set<string> | undefined, quoted: string): boolean {
  const key = quoted.includes('\\') ? (JSON.parse(quoted) as string) : quoted.slice(1, -1);
  if (seen?.has(key)) return true;
  seen?.add(key);
  return false;
}
