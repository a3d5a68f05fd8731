const TOKEN = /[{}[\],:]|"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null|\s+|(?<other>.)/gsu;

/**
 * Indents JSON by its tokens alone. Nothing is parsed into values: an INT64 keeps its digits, a key that stands twice stays twice.
 * Undefined when the text is not JSON (or JSON lines) as far as its tokens show. With `cut`, the text may stop anywhere.
 */
export function formatJson(text: string, { cut = false } = {}): string | undefined {
  const parts: string[] = [];
  const open: string[] = [];
  let last = '';
  const newLine = (): number => parts.push('\n', '  '.repeat(open.length));
  for (const match of text.matchAll(TOKEN)) {
    const token = match[0];
    if (match.groups?.['other'] !== undefined) {
      if (!cut || parts.length === 0) return undefined;
      parts.push(text.slice(match.index));
      return parts.join('');
    }
    if (token.trim() === '') continue;
    const closes = token === '}' || token === ']';
    if (closes && open.pop() !== OPENING[token]) return undefined;
    if (closes ? last !== OPENING[token] : last === '{' || last === '[' || last === ',') newLine();
    else if (open.length === 0 && last !== '' && !closes) newLine();
    if (token === '{' || token === '[') open.push(token);
    parts.push(token === ':' ? ': ' : token);
    last = token;
  }
  return (open.length === 0 || cut) && parts.length > 0 ? parts.join('') : undefined;
}

const OPENING = { '}': '{', ']': '[' } as const;
