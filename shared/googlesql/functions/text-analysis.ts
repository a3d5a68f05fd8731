import { isArray, isObject, type Json, parseJson } from './json-text.ts';
import type { ScalarUdf } from './scalar-udf.ts';

// SEARCH and TEXT_ANALYZE with the analyzers LOG_ANALYZER (the default) and NO_OP_ANALYZER.

const DELIMITERS = /[\s[\]<>(){}|!;,'"*&?+/:=@.\-$%\\_]+/;
/** Scripts written without spaces: every letter is a word. */
const IDEOGRAPH = /([\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}])/u;

function analyzeText(text: string, analyzer: string): string[] {
  if (analyzer === 'NO_OP_ANALYZER') return [text];
  if (analyzer !== 'LOG_ANALYZER') throw new Error(`Text analyzer ${analyzer} is not supported`);
  const words = text.toLowerCase().split(DELIMITERS);
  return words.flatMap((word) => word.split(IDEOGRAPH)).filter((word) => word);
}

/** The strings in a value: of an array's elements, of an object's values or names. */
function textsOf(value: Json, scope: string): string[] {
  if (typeof value === 'string') return [value];
  if (isArray(value)) return value.flatMap((item) => textsOf(item, scope));
  if (!isObject(value)) return [];
  return [...value].flatMap(([name, item]) => [
    ...(scope === 'JSON_VALUES' ? [] : [name]),
    ...(scope === 'JSON_KEYS' ? keysIn(item) : textsOf(item, scope)),
  ]);
}

const keysIn = (value: Json): string[] =>
  isObject(value) ? [...value].flatMap(([name, item]) => [name, ...keysIn(item)]) : isArray(value) ? value.flatMap(keysIn) : [];

/** Whether tokens stand next to each other in this order. */
const hasPhrase = (tokens: readonly string[], phrase: readonly string[]): boolean =>
  tokens.some((_, at) => phrase.every((word, i) => tokens[at + i] === word));

/** All terms must be there, in any order and place; a term in backticks is a phrase. */
function search(json: string, query: string, analyzer: string, scope: string): boolean {
  const documents = textsOf(parseJson(json), scope).map((text) => analyzeText(text, analyzer));
  const all = new Set(documents.flat());
  if (analyzer === 'NO_OP_ANALYZER') return all.has(query);
  const phrases = [...query.matchAll(/`([^`]*)`/g)].map(([, phrase]) => analyzeText(phrase!, analyzer));
  const terms = analyzeText(query.replace(/`[^`]*`/g, ' '), analyzer);
  if (!terms.length && !phrases.length) throw new Error('The search query must hold a term');
  return terms.every((term) => all.has(term)) && phrases.every((phrase) => documents.some((tokens) => hasPhrase(tokens, phrase)));
}

export const textAnalysisUdfs: readonly ScalarUdf[] = [
  { name: 'bq_text_analyze', parameters: ['VARCHAR', 'VARCHAR'], returns: 'VARCHAR[]', call: analyzeText },
  { name: 'bq_search', parameters: ['VARCHAR', 'VARCHAR', 'VARCHAR', 'VARCHAR'], returns: 'BOOLEAN', call: search },
];
