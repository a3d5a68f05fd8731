import { basename } from 'node:path';
import type { ParseCase } from './parse-cases.ts';

const FENCE = /^( *)```googlesql *(\{[^}]*\})?\n([\s\S]*?)^ *```$/gm;

/** The examples of a page of Google's reference. Those marked as bad are not judged: most are bad in meaning only. */
export function* readReferencePage(path: string, text: string): Generator<ParseCase> {
  for (const [index, [, indent = '', marks = '', block = '']] of [...text.matchAll(FENCE)].entries()) {
    const sql = block.replaceAll(new RegExp(`^${indent}`, 'gm'), '').replaceAll('{{USERNAME}}', 'someone');
    const apart = marks.includes('bad') ? 'example of what is wrong' : whyApart(basename(path), sql);
    const isValid = apart === undefined;
    yield { from: `${path}#${index}`, sql, isValid, tries: triesOf(sql), ...(apart === undefined ? {} : { apart }) };
  }
}

const OTHER_STATEMENTS =
  /\b(THEN RETURN|ASSERT_ROWS_MODIFIED|INTERLEAVE|HIDDEN|WITH WEIGHT|CHECK \(|CREATE DATABASE|TEMP TABLE FUNCTION|ON UPDATE CASCADE)|CREATE (OR REPLACE )?(UNIQUE )?INDEX\b|KEY \(\w+ ASC/i;

/** What the page shows that is not BigQuery's, first match first. */
const APART: readonly (readonly [reason: string, pattern: RegExp])[] = [
  ['graph queries', /\bGRAPH(_TABLE)?\b|^\s*MATCH\b/m],
  ['protocol buffers', /\bPROTO\b|\bENUM\b|\bNEW [\w.]+|PROTO_|\.\(\w+\.|REPLACE_FIELDS|FILTER_FIELDS|google\.protobuf|proto2/i],
  ["ZetaSQL's older differential privacy", /\bANON(_\w+|YMIZATION)\b|CLAMPED BETWEEN/i],
  ["statements of Google's other products", OTHER_STATEMENTS],
  ['pipe operators that BigQuery has not', /\|>\s*(IF|FORK|TEE|INSERT|CREATE|EXPORT|DESCRIBE|LOG|RECURSIVE UNION)\b/i],
  [
    'signature, no example',
    /\[\s*[A-Za-z_]+[A-Za-z_ ]*\]|\{\s*[A-Za-z_]+\s*\||\[\s*\{|\[,|, \[|^\w+:\s*$|\w_expression\b|\(\s*subquery\s*\)|CAST\(expression/m,
  ],
  ['abridged', /\.\.\.|…/],
];

function whyApart(page: string, sql: string): string | undefined {
  if (page.startsWith('graph-')) return 'graph queries';
  if (page.startsWith('protocol')) return 'protocol buffers';
  if (/^(functions-and-operators|resolved_ast)/.test(page)) return 'repeats other pages';
  const statement = sql.replaceAll(/\/\*[\s\S]*?\*\/|--.*$/gm, '');
  return APART.find(([, pattern]) => pattern.test(statement))?.[0];
}

const COMMENT = /^\s*(--|\/\*|#)/;

/** The whole, its paragraphs, its lines; each piece as a statement, an expression or a clause. */
function triesOf(sql: string): string[][][] {
  const lines = sql.split('\n').filter((line) => line.trim() !== '' && !COMMENT.test(line));
  const paragraphs = sql.split(/\n\s*\n/).filter((each) => each.split('\n').some((line) => line.trim() !== '' && !COMMENT.test(line)));
  const waysOf = (text: string): string[] => [text, `SELECT\n${text}\n`, `SELECT 1 FROM t\n${text}`];
  return [[sql], paragraphs, lines].map((pieces) => pieces.map(waysOf));
}
