import { clsx } from 'clsx';
import { ListFilter, X } from 'lucide-react';
import { type KeyboardEvent, type Ref, useDeferredValue, useEffect, useId, useRef, useState } from 'react';
import type { FilterSuggestion } from '../../../../shared/contract/exchange.ts';
import { useAnswer } from '../../store/use-answer.ts';
import { EvidenceText } from '../../widgets/evidence-text.tsx';
import { FilterBackdrop } from './filter-backdrop.tsx';

type Props = {
  readonly value: string;
  readonly onApply: (filter: string) => void;
  /** Leaves the input for the list. */
  readonly onLeave: () => void;
  readonly ref?: Ref<HTMLInputElement>;
};

/** Typing filters the list when the hands rest, the filter makes sense and the last word is whole. */
const APPLY_AFTER_MS = 350;

/** The filter language: completion at the cursor, and what is wrong with it where it is wrong. */
export function FilterInput({ value, onApply, onLeave, ref }: Props) {
  const id = useId();
  const input = useRef<HTMLInputElement | null>(null);
  const [text, setText] = useState(value);
  const [cursor, setCursor] = useState(value.length);
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const [scrollLeft, setScrollLeft] = useState(0);
  const asked = useDeferredValue(text);
  const assist = useAnswer('filter:assist', { filter: asked, cursor: Math.min(cursor, asked.length) }, 'filter');
  const fresh = assist.status === 'ready' && asked === text;
  const problem = fresh ? assist.value?.problem : undefined;
  const suggestions = open ? (assist.value?.suggestions ?? []) : [];
  const undecided = suggestions.length > 0 && text !== '' && !text.endsWith(' ');

  useEffect(() => setText(value), [value]);
  useEffect(() => {
    if (!fresh || problem !== undefined || undecided || text === value) return;
    const timer = setTimeout(() => onApply(text), APPLY_AFTER_MS);
    return () => clearTimeout(timer);
  }, [fresh, problem, undecided, text, value, onApply]);

  function take({ insert }: FilterSuggestion): void {
    const replace = assist.value?.replace ?? { start: cursor, end: cursor };
    const next = text.slice(0, replace.start) + insert + text.slice(replace.end);
    const at = replace.start + insert.length;
    setText(next);
    setCursor(at);
    setActive(-1);
    requestAnimationFrame(() => input.current?.setSelectionRange(at, at));
  }

  function onKeyDown(event: KeyboardEvent): void {
    const last = suggestions.length - 1;
    const chosen = suggestions[active];
    if (event.key === 'ArrowDown' && last >= 0) setActive(active >= last ? 0 : active + 1);
    else if (event.key === 'ArrowUp' && last >= 0) setActive(active <= 0 ? last : active - 1);
    else if (event.key === 'ArrowDown') onLeave();
    else if (event.key === 'Tab' && !event.shiftKey && open && last >= 0 && text !== '') take(chosen ?? suggestions[0]!);
    else if (event.key === 'Enter' && chosen !== undefined) take(chosen);
    else if (event.key === 'Enter') {
      setOpen(false);
      if (problem === undefined) onApply(text);
    } else if (event.key === 'Escape' && open) {
      setOpen(false);
      if (problem === undefined) onApply(text);
    } else if (event.key === 'Escape') onLeave();
    else return;
    event.preventDefault();
  }

  const clear = (): void => {
    setText('');
    onApply('');
    input.current?.focus();
  };
  const follow = (element: HTMLInputElement): void => {
    setCursor(element.selectionStart ?? element.value.length);
    setScrollLeft(element.scrollLeft);
  };

  return (
    <div className="relative min-w-0 flex-1">
      <div
        className={clsx(
          'bg-surface focus-within:outline-focus relative flex h-8 items-center rounded-md border focus-within:outline-2 focus-within:-outline-offset-1',
          problem === undefined ? 'border-control' : 'border-broken',
        )}
      >
        <ListFilter size={14} aria-hidden className="text-muted ml-2.5 shrink-0" />
        <div className="relative h-full min-w-0 flex-1 font-mono text-xs">
          <FilterBackdrop text={text} terms={fresh ? (assist.value?.terms ?? []) : []} span={problem?.span} scrollLeft={scrollLeft} />
          <input
            ref={(element) => {
              input.current = element;
              if (typeof ref === 'function') ref(element);
              else if (ref) ref.current = element;
            }}
            role="combobox"
            aria-label="Filter"
            aria-expanded={suggestions.length > 0}
            aria-controls={`${id}-list`}
            aria-autocomplete="list"
            aria-invalid={problem !== undefined}
            aria-describedby={problem === undefined ? undefined : `${id}-problem`}
            aria-activedescendant={active >= 0 ? `${id}-${active}` : undefined}
            aria-keyshortcuts="/"
            value={text}
            placeholder="who:ci  tables:acme.sales.*  bytes>1GB  outcome:refused  text:&quot;ssn&quot;"
            spellCheck={false}
            autoComplete="off"
            onChange={(event) => {
              setText(event.target.value);
              setOpen(true);
              setActive(-1);
              follow(event.target);
            }}
            onSelect={(event) => follow(event.currentTarget)}
            onScroll={(event) => setScrollLeft(event.currentTarget.scrollLeft)}
            onFocus={() => setOpen(true)}
            onBlur={() => setOpen(false)}
            onKeyDown={onKeyDown}
            className="caret-fg absolute inset-0 w-full bg-transparent px-2 text-transparent outline-none"
          />
        </div>
        {text === '' ? (
          <kbd className="border-line-strong text-faint mr-2 rounded border px-1 font-sans text-2xs" aria-hidden>
            /
          </kbd>
        ) : (
          <button
            type="button"
            aria-label="Empty the filter"
            onClick={clear}
            className="text-muted hover:text-fg mr-1 flex size-6 items-center justify-center rounded"
          >
            <X size={13} aria-hidden />
          </button>
        )}
      </div>
      {problem === undefined ? null : (
        <p id={`${id}-problem`} role="status" className="text-broken mt-1 text-xs">
          <EvidenceText text={problem.message} />
          {problem.remedy === undefined ? null : <EvidenceText text={` ${problem.remedy}`} className="text-muted" />}
        </p>
      )}
      <div
        id={`${id}-list`}
        role="listbox"
        aria-label="Suggestions"
        hidden={suggestions.length === 0}
        className="bg-raised border-line-strong shadow-popup absolute top-9 left-0 z-30 max-h-72 w-[30rem] max-w-full overflow-auto rounded-lg border p-1 [&[hidden]]:hidden"
      >
        {suggestions.map((suggestion, index) => (
          <Suggestion
            key={suggestion.label}
            id={`${id}-${index}`}
            suggestion={suggestion}
            active={index === active}
            onTake={() => take(suggestion)}
          />
        ))}
      </div>
    </div>
  );
}

type SuggestionProps = {
  readonly id: string;
  readonly suggestion: FilterSuggestion;
  readonly active: boolean;
  readonly onTake: () => void;
};

function Suggestion({ id, suggestion, active, onTake }: SuggestionProps) {
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the input keeps the focus (aria-activedescendant)
    // biome-ignore lint/a11y/useKeyWithClickEvents: Enter and Tab in the input take a suggestion
    <div
      id={id}
      role="option"
      aria-selected={active}
      onPointerDown={(event) => event.preventDefault()}
      onClick={onTake}
      className="hover:bg-hover aria-selected:bg-selected flex items-baseline gap-3 rounded px-2 py-0.5"
    >
      <EvidenceText text={suggestion.label} className="shrink-0 font-mono text-xs" />
      {suggestion.detail === undefined ? null : <EvidenceText text={suggestion.detail} className="text-muted min-w-0 truncate text-xs" />}
    </div>
  );
}
