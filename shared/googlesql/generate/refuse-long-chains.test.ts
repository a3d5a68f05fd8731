import { expect, it } from 'vitest';
import { analyze } from '../analyze/analyze.ts';
import { createSchemaCatalog } from '../lineage/schema-catalog.ts';
import { parseScript } from '../parse-script.ts';
import type { QueryStatement } from '../syntax/ast-statement.ts';
import { toDuckDB } from '../to-duckdb.ts';

const generate = (text: string) =>
  toDuckDB(analyze(parseScript(text).statements[0] as QueryStatement, { text, catalog: createSchemaCatalog([]), defaults: {} }));
const chain = (operator: string, term: string, count: number): string => `SELECT ${Array(count).fill(term).join(operator)}`;

it.each([
  ['+', '1'],
  ['||', '"a"'],
])('a chain of 1,000 %s is refused by name, one of 300 is not', (operator, term) => {
  expect(() => generate(chain(operator, term, 1_000))).toThrow(/more than 400 operators/);
  expect(generate(chain(operator, term, 300)).columns).toHaveLength(1);
});

it.each([[' AND '], [' OR ']])('%s is flat, so that thousands of terms are fine', (operator) => {
  expect(generate(chain(operator, 'TRUE', 3_000)).columns).toHaveLength(1);
});
