import type { z } from 'zod/mini';
import type { FilterTerm } from '../../../../shared/contract/exchange.ts';
import type { TextSpan } from '../../../../shared/contract/failure.ts';
import { type FilterPiece, toFilterPieces } from './filter-pieces.ts';

type Props = {
  readonly text: string;
  readonly terms: readonly z.infer<typeof FilterTerm>[];
  readonly span: TextSpan | undefined;
  readonly scrollLeft: number;
};

const LOOKS: Record<FilterPiece['kind'], string> = {
  plain: '',
  field: 'text-accent',
  wrong: 'text-broken underline decoration-wavy decoration-1 underline-offset-2',
};

/** What the input's own text cannot show: it lies behind the transparent input, letter by letter at the same place. */
export function FilterBackdrop({ text, terms, span, scrollLeft }: Props) {
  return (
    <div aria-hidden className="pointer-events-none absolute inset-0 overflow-hidden">
      <div
        className="flex h-full w-max items-center px-2 whitespace-pre"
        style={{ transform: `translateX(${-scrollLeft}px)`, unicodeBidi: 'bidi-override', direction: 'ltr' }}
      >
        {toFilterPieces(text, terms, span).map((piece) => (
          <span key={piece.start} className={LOOKS[piece.kind]}>
            {piece.text}
          </span>
        ))}
      </div>
    </div>
  );
}
