// What README.md promises under "Using it", one example for each function.
import { describe, expect, it } from 'vitest';
import { analyze } from './analyze/analyze.ts';
import type { Catalog, CatalogTable } from './analyze/catalog.ts';
import { describeScript } from './describe-script.ts';
import { fingerprint, normalise } from './fingerprint.ts';
import { findMasked } from './lineage/find-masked.ts';
import { createSchemaCatalog } from './lineage/schema-catalog.ts';
import { traceScript } from './lineage/script/trace-script.ts';
import { traceSql } from './lineage/trace-sql.ts';
import { parseScript } from './parse-script.ts';
import { SqlError } from './sql-error.ts';
import type { QueryStatement } from './syntax/ast-statement.ts';
import { toDuckDB } from './to-duckdb.ts';
import { INT64, STRING } from './types/sql-type.ts';

const path = { projectId: 'acme', datasetId: 'crm', tableId: 'people' };
const people: CatalogTable = {
  path,
  columns: [
    { name: 'id', type: INT64 },
    { name: 'email', type: STRING },
  ],
  duckName: '"crm"."people"',
};
const catalog: Catalog = { findTable: (names) => (names.at(-1) === 'people' ? people : undefined), findRoutine: () => undefined };
const defaults = { projectId: 'acme', datasetId: 'crm' };

const text = 'SELECT email, COUNT(*) AS n FROM people WHERE id > 1 GROUP BY email';
const statement = () => parseScript(text).statements[0] as QueryStatement;

describe('parseScript', () => {
  it('gives statements with their kinds, BigQuery’s words for them and their places', () => {
    const { statements } = parseScript('DECLARE x INT64; SELECT 1');
    expect(statements.map(({ kind, statementType }) => [kind, statementType])).toEqual([
      ['DeclareStatement', 'SCRIPT'],
      ['QueryStatement', 'SELECT'],
    ]);
    expect(statements[1]?.span).toEqual({ start: 17, end: 25 });
  });

  it('throws SqlError with Google’s sentence, its line and column', () => {
    const attempt = () => parseScript('SELECT 1\nFORM t');
    expect(attempt).toThrow(SqlError);
    expect(attempt).toThrow(expect.objectContaining({ kind: 'syntax', line: 2, column: 6, offset: 14 }));
  });
});

describe('describeScript', () => {
  it('tells by the text alone what is read and written', () => {
    const { statements } = describeScript(parseScript('CREATE TABLE crm.copy AS SELECT * FROM acme.crm.people'));
    expect(statements).toMatchObject([
      { statementType: 'CREATE_TABLE_AS_SELECT', reads: [{ projectId: 'acme', tableId: 'people' }], writes: [{ tableId: 'copy' }] },
    ]);
  });
});

describe('analyze', () => {
  it('gives every column its type, and the tables that are read', () => {
    const resolved = analyze(statement(), { text, catalog, defaults });
    expect(resolved).toMatchObject({ kind: 'query', referencedTables: [people] });
    expect(resolved.kind === 'query' && resolved.query.columns.map(({ name, column }) => [name, column.type.kind])).toEqual([
      ['email', 'STRING'],
      ['n', 'INT64'],
    ]);
  });

  it('throws SqlError in BigQuery’s words', () => {
    const wrong = 'SELECT emails FROM people';
    const attempt = () => analyze(parseScript(wrong).statements[0] as QueryStatement, { text: wrong, catalog, defaults });
    expect(attempt).toThrow('Unrecognized name: emails; Did you mean email? at [1:8]');
  });
});

describe('toDuckDB', () => {
  it('gives one text, and the columns it answers', () => {
    const { sql, columns } = toDuckDB(analyze(statement(), { text, catalog, defaults }));
    expect(sql).toContain('"crm"."people"');
    expect(columns).toEqual([
      { name: 'email', type: STRING },
      { name: 'n', type: INT64 },
    ]);
  });
});

describe('fingerprint', () => {
  it('is equal for statements of one shape, also where the parser would refuse them', () => {
    expect(fingerprint('select * from t where id = 1 -- mine')).toBe(fingerprint('SELECT *\nFROM t WHERE id = @id'));
    expect(normalise('SELECT 1 FORM t WHERE x IN (1, 2, 3)')).toBe('SELECT ? FORM t WHERE x IN (?)');
    expect(fingerprint(text)).toMatch(/^[0-9a-f]{64}$/);
  });
});

const schemas = createSchemaCatalog([
  {
    path,
    fields: [
      { name: 'id', type: 'INTEGER' },
      { name: 'email', type: 'STRING' },
    ],
  },
]);

describe('traceSql', () => {
  it('gives each output column its values and what decides about it', () => {
    const lineage = traceSql(text, { catalog: schemas, defaults });
    const email = { table: path, path: ['email'] };
    const id = { table: path, path: ['id'] };
    expect(lineage).toMatchObject({ ok: true, value: { target: undefined, isComplete: true } });
    expect(lineage.ok && lineage.value.columns).toEqual([
      {
        name: 'email',
        values: [{ source: email, at: [], how: 'projected' }],
        control: [
          { source: id, position: 'filter' },
          { source: email, position: 'group' },
        ],
      },
      { name: 'n', values: [], control: expect.any(Array) },
    ]);
  });

  it('says why there is none', () => {
    expect(traceSql('SELECT * FROM nowhere', { catalog: schemas, defaults })).toEqual({
      ok: false,
      error: 'Table not found: nowhere at [1:15]',
    });
  });
});

describe('traceScript', () => {
  it('follows variables and temporary tables from statement to statement', () => {
    const traced = traceScript('CREATE TEMP TABLE found AS SELECT email FROM people; SELECT email FROM found', {
      catalog: schemas,
      defaults,
    });
    const last = traced.ok ? traced.value.at(-1)?.lineage : undefined;
    expect(last?.ok && last.value.columns).toMatchObject([{ name: 'email', values: [{ source: { table: path, path: ['email'] } }] }]);
  });
});

describe('findMasked', () => {
  it('tells where masked values lie, and what no mask can undo', () => {
    const masked = [{ table: path, path: ['email'] }];
    const judge = (sql: string) => {
      const lineage = traceSql(sql, { catalog: schemas, defaults });
      return lineage.ok ? findMasked(lineage.value, masked) : undefined;
    };
    expect(judge('SELECT id, email FROM people')).toMatchObject({ places: [{ column: 1, at: [], fields: [] }], uses: [] });
    expect(judge('SELECT id FROM people WHERE email = "a"')).toMatchObject({ places: [], uses: [{ use: 'filter', column: 'id' }] });
  });
});
