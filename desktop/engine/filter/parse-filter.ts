import { EngineError } from '../../../shared/contract/failure.ts';
import { type FilterField, filterFields, findFilterField } from './filter-fields.ts';

export type FilterOperator = ':' | '=' | '!=' | '>' | '>=' | '<' | '<=';

/** UTF-16 offsets into the filter, end exclusive. */
type Span = { readonly start: number; readonly end: number };

export type FilterTerm =
  | { readonly kind: 'word'; readonly text: string; readonly span: Span }
  | {
      readonly kind: 'field';
      readonly field: FilterField;
      readonly operator: FilterOperator;
      readonly values: readonly string[];
      readonly span: Span;
    };

export type Filter =
  | FilterTerm
  | { readonly kind: 'all'; readonly of: readonly Filter[] }
  | { readonly kind: 'any'; readonly of: readonly Filter[] }
  | { readonly kind: 'not'; readonly of: Filter };

export type FilterToken =
  | { readonly kind: 'open' | 'close' | 'or' | 'not'; readonly span: Span }
  | {
      readonly kind: 'term';
      readonly field?: string;
      readonly operator?: FilterOperator;
      readonly values: readonly string[];
      readonly span: Span;
    };

const fault = (message: string, span: Span, remedy?: string): EngineError =>
  new EngineError({ code: 'FILTER_SYNTAX', message, span, ...(remedy === undefined ? {} : { remedy }) });

/**
 * `who:ci tables:acme.sales.* bytes>1GB -outcome:denied (text:"ssn" OR type:INSERT,MERGE) free words`.
 * Terms side by side must all hold. Throws EngineError FILTER_SYNTAX with the span of the fault.
 */
export function parseFilter(text: string): Filter {
  const tokens = tokenizeFilter(text);
  let at = 0;

  function parseAny(): Filter {
    const of = [parseAll()];
    while (tokens[at]?.kind === 'or') {
      at++;
      of.push(parseAll());
    }
    return of.length === 1 ? of[0]! : { kind: 'any', of };
  }

  function parseAll(): Filter {
    const of: Filter[] = [];
    for (let token = tokens[at]; token !== undefined && token.kind !== 'or' && token.kind !== 'close'; token = tokens[at])
      of.push(parseOne(token));
    const beside = tokens[at] ?? tokens[at - 1];
    if (of.length === 0 && beside !== undefined) throw fault('Something to look for is missing here.', beside.span);
    return of.length === 1 ? of[0]! : { kind: 'all', of };
  }

  function parseOne(token: FilterToken): Filter {
    at++;
    if (token.kind === 'not') {
      const next = tokens[at];
      if (next === undefined || next.kind === 'or' || next.kind === 'close') throw fault('There is nothing after "-".', token.span);
      return { kind: 'not', of: parseOne(next) };
    }
    if (token.kind === 'open') {
      const inner = parseAny();
      if (tokens[at]?.kind !== 'close') throw fault('This bracket is not closed.', token.span);
      at++;
      return inner;
    }
    if (token.kind === 'term') return toTerm(token);
    throw fault('This bracket was not opened.', token.span);
  }

  if (tokens.length === 0) return { kind: 'all', of: [] };
  const filter = parseAny();
  const rest = tokens[at];
  if (rest !== undefined) throw fault('This bracket was not opened.', rest.span);
  return filter;
}

function toTerm(token: FilterToken & { kind: 'term' }): FilterTerm {
  const { field: name, operator, values, span } = token;
  if (name === undefined || operator === undefined) return { kind: 'word', text: values[0] ?? '', span };
  const field = findFilterField(name);
  const nameSpan = { start: span.start, end: span.start + name.length };
  if (field === undefined) throw fault(`There is no field "${name}".`, nameSpan, toFieldRemedy(name));
  if (values.length === 0) throw fault(`A value is missing after "${name}${operator}".`, span);
  if (isComparison(operator) && !['number', 'bytes', 'duration', 'time'].includes(field.kind))
    throw fault(`"${field.name}" cannot be compared by ${operator}.`, span, `Write ${field.name}:…`);
  return { kind: 'field', field, operator, values, span };
}

const isComparison = (operator: FilterOperator): boolean => operator.startsWith('<') || operator.startsWith('>');

function toFieldRemedy(name: string): string {
  const near = filterFields.find(
    (field) => field.name.startsWith(name[0]?.toLowerCase() ?? '') && Math.abs(field.name.length - name.length) <= 2,
  );
  return near === undefined
    ? `Fields: ${filterFields.map((field) => field.name).join(', ')}. Put quotes around a text to search for it.`
    : `Did you mean "${near.name}:"?`;
}

const termPattern = /([A-Za-z][A-Za-z_]*)(:|!=|>=|<=|=|>|<)/y;

/** Cuts a filter into tokens. Throws on a quotation mark that is not closed. */
export function tokenizeFilter(text: string): FilterToken[] {
  const tokens: FilterToken[] = [];
  let at = 0;
  while (at < text.length) {
    const start = at;
    const character = text[at]!;
    const one = { start, end: start + 1 };
    if (/\s/.test(character)) at++;
    else if (character === '(' || character === ')') {
      tokens.push({ kind: character === '(' ? 'open' : 'close', span: one });
      at++;
    } else if (character === '-' && /[^\s)]/.test(text[at + 1] ?? '')) {
      tokens.push({ kind: 'not', span: one });
      at++;
    } else if (/^OR(?=[\s(]|$)/.test(text.slice(at, at + 3))) {
      tokens.push({ kind: 'or', span: { start, end: start + 2 } });
      at += 2;
    } else {
      const term = readTerm(text, start);
      tokens.push(term);
      at = term.span.end;
    }
  }
  return tokens;
}

function readTerm(text: string, start: number): FilterToken & { kind: 'term' } {
  termPattern.lastIndex = start;
  const head = termPattern.exec(text);
  const operator = head?.[2] as FilterOperator | undefined;
  // `https://…` and `a::b` are words to look for, not fields.
  const isField = head !== null && !/^[/:]/.test(text.slice(termPattern.lastIndex));
  let at = isField ? termPattern.lastIndex : start;
  const values: string[] = [];
  for (;;) {
    const value = readValue(text, at, isField);
    if (value.end > at) values.push(value.text);
    at = value.end;
    if (!isField || text[at] !== ',') break;
    at++;
  }
  const span = { start, end: at };
  return isField && operator !== undefined ? { kind: 'term', field: head![1]!, operator, values, span } : { kind: 'term', values, span };
}

function readValue(text: string, start: number, endsAtComma: boolean): { text: string; end: number } {
  if (text[start] === '"') {
    const close = text.indexOf('"', start + 1);
    if (close < 0) throw fault('This quotation mark is not closed.', { start, end: text.length });
    return { text: text.slice(start + 1, close), end: close + 1 };
  }
  let end = start;
  while (end < text.length && !/[\s()"]/.test(text[end]!) && !(endsAtComma && text[end] === ',')) end++;
  // A lone quotation mark or bracket inside a word would stop the reader for ever.
  return { text: text.slice(start, end), end };
}
