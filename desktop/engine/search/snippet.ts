import type { SearchHit } from '../../../shared/contract/finding.ts';

const around = 80;

/** The text around the first hit. `needle` is in lower case. */
export function toSnippet(text: string, needle: string): Pick<SearchHit, 'snippet' | 'start' | 'end'> {
  const at = Math.max(0, text.toLowerCase().indexOf(needle));
  const from = Math.max(0, at - around);
  const snippet = text.slice(from, at + needle.length + around);
  return { snippet, start: at - from, end: Math.min(snippet.length, at - from + needle.length) };
}
