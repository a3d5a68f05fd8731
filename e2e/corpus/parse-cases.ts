import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readReferencePage } from './read-reference-page.ts';
import { readSqlFile } from './read-sql-file.ts';
import { readTestFile } from './read-test-file.ts';

/** One text to parse. `isValid` undefined: nobody says whether it should parse. */
export type ParseCase = {
  readonly from: string;
  readonly sql: string;
  readonly isValid: boolean | undefined;
  /** The first line of the expected error, as in `Syntax error: Unexpected keyword FROM [at 1:8]`. */
  readonly expectedError?: string;
  /** Where this text does not parse: other ways to cut it into pieces, each with the ways to read it. A page of the reference shows expressions and clauses too. */
  readonly tries?: readonly (readonly (readonly string[])[])[];
  /** A statement or clause that only other products with Google's grammar have: BigQuery refuses it, whatever its mistake. */
  readonly isForeign?: boolean;
  /** Why the text is no BigQuery statement; such cases are counted by reason, never judged. */
  readonly apart?: string;
};

/** Every statement below a folder: `.sql` and Dataform's `.sqlx`, ZetaSQL's `.test`, examples in its reference's `.md`, and JSON of sandbox cases. */
export function* readParseCases(directory: string): Generator<ParseCase> {
  for (const path of listFiles(directory)) {
    if (path.endsWith('.sql') || path.endsWith('.sqlx')) yield readSqlFile(path, readFileSync(path, 'utf8'));
    else if (path.endsWith('.test')) yield* readTestFile(path, readFileSync(path, 'utf8'));
    else if (path.endsWith('.md')) yield* readReferencePage(path, readFileSync(path, 'utf8'));
    else if (path.endsWith('cases.json')) yield* readCasesFile(path);
  }
}

function listFiles(directory: string): string[] {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

type SandboxCase = {
  readonly id: string;
  readonly sql: string;
  readonly setup?: readonly string[];
  readonly expect?: { readonly error?: unknown };
};

function* readCasesFile(path: string): Generator<ParseCase> {
  const { cases } = JSON.parse(readFileSync(path, 'utf8')) as { readonly cases: readonly SandboxCase[] };
  for (const { id, sql, setup = [], expect } of cases) {
    yield { from: id, sql, isValid: expect?.error === undefined ? true : undefined };
    for (const [index, statement] of setup.entries()) yield { from: `${id} setup ${index}`, sql: statement, isValid: true };
  }
}
