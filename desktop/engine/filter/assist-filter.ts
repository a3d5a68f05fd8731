import type { CallOutput } from '../../../shared/contract/calls.ts';
import { EngineError } from '../../../shared/contract/failure.ts';
import { type FilterField, filterFields, findFilterField } from './filter-fields.ts';
import { filterToSql } from './filter-to-sql.ts';
import { type FilterToken, parseFilter, tokenizeFilter } from './parse-filter.ts';

/** Values of a field that occur in the case, most frequent first. */
export type ValueSource = (field: FilterField, prefix: string) => Promise<readonly string[]>;

const suggestionLimit = 20;

/** What is wrong with a filter while it is typed, and what could stand at the cursor. */
export async function assistFilter(text: string, cursor: number, values: ValueSource): Promise<CallOutput<'filter:assist'>> {
  const replace = toReplacedSpan(text, cursor);
  const typed = text.slice(replace.start, cursor);
  const problem = findProblem(text);
  return {
    terms: toTerms(text),
    ...(problem === undefined ? {} : { problem: problem.toFailure() }),
    replace,
    suggestions: await suggest(typed, values),
  };
}

function findProblem(text: string): EngineError | undefined {
  try {
    filterToSql(parseFilter(text));
    return undefined;
  } catch (error) {
    if (error instanceof EngineError) return error;
    throw error;
  }
}

function toTerms(text: string): CallOutput<'filter:assist'>['terms'] {
  let tokens: readonly FilterToken[];
  try {
    tokens = tokenizeFilter(text);
  } catch {
    return [];
  }
  return tokens.flatMap((token) => {
    if (token.kind !== 'term') return [];
    const field = token.field === undefined ? undefined : findFilterField(token.field)?.name;
    return [
      {
        ...token.span,
        kind: token.field === undefined ? ('word' as const) : ('field' as const),
        ...(field === undefined ? {} : { field }),
      },
    ];
  });
}

/** The term around the cursor: from the last blank or bracket to the next. */
function toReplacedSpan(text: string, cursor: number): { start: number; end: number } {
  const at = Math.min(cursor, text.length);
  const before = /[^\s()]*$/.exec(text.slice(0, at))?.[0] ?? '';
  const after = /^[^\s()]*/.exec(text.slice(at))?.[0] ?? '';
  const sign = before.startsWith('-') ? 1 : 0;
  return { start: at - before.length + sign, end: at + after.length };
}

async function suggest(typed: string, values: ValueSource): Promise<CallOutput<'filter:assist'>['suggestions']> {
  const [, name, operator = '', value = ''] = /^([A-Za-z_]+)(:|!=|>=|<=|=|>|<)"?(.*)$/.exec(typed) ?? [];
  if (name === undefined) return suggestFields(typed);
  const field = findFilterField(name);
  if (field === undefined) return [];
  const prefix = value.split(',').at(-1) ?? '';
  const kept = value.slice(0, value.length - prefix.length);
  const words = field.words?.filter((word) => word.toLowerCase().startsWith(prefix.toLowerCase())) ?? (await values(field, prefix));
  return words.slice(0, suggestionLimit).map((word) => ({ label: word, insert: `${name}${operator}${kept}${quoteIfNeeded(word)}` }));
}

const suggestFields = (typed: string): CallOutput<'filter:assist'>['suggestions'] =>
  filterFields
    .filter((field) => field.name.startsWith(typed.toLowerCase()))
    .map(({ name, detail }) => ({ label: `${name}:`, insert: `${name}:`, detail }));

const quoteIfNeeded = (word: string): string => (/[\s(),"]/.test(word) ? `"${word.replaceAll('"', '')}"` : word);
