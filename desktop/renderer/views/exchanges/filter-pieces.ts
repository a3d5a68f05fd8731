export type FilterPiece = { readonly kind: 'plain' | 'field' | 'wrong'; readonly start: number; readonly text: string };

type Span = { readonly start: number; readonly end: number };
type Term = Span & { readonly kind: 'field' | 'word' };

/** Cuts a filter where its looks change: names of fields, and what is wrong. Covers the text without gaps. */
export function toFilterPieces(text: string, terms: readonly Term[], wrong: Span | undefined): readonly FilterPiece[] {
  const kinds = Array.from<FilterPiece['kind']>({ length: text.length }).fill('plain');
  for (const term of terms) if (term.kind === 'field') kinds.fill('field', term.start, endOfName(text, term));
  if (wrong !== undefined) kinds.fill('wrong', wrong.start, Math.max(wrong.start + 1, wrong.end));

  const pieces: { kind: FilterPiece['kind']; start: number; text: string }[] = [];
  for (const [index, kind] of kinds.entries()) {
    const piece = pieces.at(-1);
    if (piece?.kind === kind) piece.text += text[index];
    else if (index < text.length) pieces.push({ kind, start: index, text: text[index] ?? '' });
  }
  return pieces;
}

/** `bytes>1GB`: the name ends with its operator. */
function endOfName(text: string, { start, end }: Span): number {
  const name = /^-?[A-Za-z_]+\s*(?:!=|>=|<=|[:=<>])/.exec(text.slice(start, end));
  return name === null ? end : start + name[0].length;
}
