import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEngine } from './create-engine.ts';
import type { Engine, Row } from './engine.ts';

const table = (tableId: string) => ({ projectId: 'p', datasetId: 'd', tableId });

const everyType = {
  fields: [
    { name: 'i', type: 'INT64' },
    { name: 'f', type: 'FLOAT64' },
    { name: 'n', type: 'NUMERIC' },
    { name: 'bn', type: 'BIGNUMERIC' },
    { name: 'b', type: 'BOOL' },
    { name: 's', type: 'STRING' },
    { name: 'y', type: 'BYTES' },
    { name: 'd', type: 'DATE' },
    { name: 'dt', type: 'DATETIME' },
    { name: 't', type: 'TIME' },
    { name: 'ts', type: 'TIMESTAMP' },
    { name: 'j', type: 'JSON' },
    { name: 'iv', type: 'INTERVAL' },
    { name: 'r', type: 'RANGE', rangeElementType: { type: 'DATE' } },
    {
      name: 'st',
      type: 'RECORD',
      fields: [
        { name: 'a', type: 'INT64' },
        { name: 'l', type: 'STRING', mode: 'REPEATED' },
      ],
    },
    { name: 'rs', type: 'RECORD', mode: 'REPEATED', fields: [{ name: 'k', type: 'STRING' }] },
  ],
};

async function readAll(engine: Engine, tableId: string, options = {}): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const page of engine.readRows(table(tableId), options)) rows.push(...page);
  return rows;
}

describe('engine', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await createEngine();
    await engine.catalog.createDataset({ datasetReference: { projectId: 'p', datasetId: 'd' } });
  });
  afterAll(() => engine.close());

  it('gives every type back exactly as it came in', async () => {
    await engine.catalog.createTable({ tableReference: table('every'), schema: everyType });
    const json = {
      i: '9223372036854775807',
      f: 1.5,
      n: '12345678901234567890123456789.123456789',
      bn: '0.00000000000000000000000000000000000001',
      b: true,
      s: 'ü',
      y: 'AAEC',
      d: '2024-02-29',
      dt: '2024-02-29T01:02:03.000004',
      t: '23:59:59.999999',
      ts: '1969-12-31 23:59:59.999999 UTC',
      j: '{"a": [1, null]}',
      iv: '1-2 3 4:5:6.7',
      r: '[2024-01-01, UNBOUNDED)',
      st: { a: 1, l: ['x', 'y'] },
      rs: [{ k: 'v' }, {}],
    };
    expect(await engine.insertRows(table('every'), [{ json }, { json: {} }])).toEqual({ insertErrors: [] });
    const [full, empty] = await readAll(engine, 'every');
    expect(full!.f.map(({ v }) => v)).toEqual([
      '9223372036854775807',
      '1.5',
      '12345678901234567890123456789.123456789',
      '0.00000000000000000000000000000000000001',
      'true',
      'ü',
      'AAEC',
      '2024-02-29',
      '2024-02-29T01:02:03.000004',
      '23:59:59.999999',
      '-1',
      '{"a":[1,null]}',
      '1-2 3 4:5:6.7',
      '[2024-01-01, UNBOUNDED)',
      { f: [{ v: '1' }, { v: [{ v: 'x' }, { v: 'y' }] }] },
      [{ v: { f: [{ v: 'v' }] } }, { v: { f: [{ v: null }] } }],
    ]);
    expect(empty!.f.map(({ v }) => v)).toEqual([...Array(15).fill(null), []]);
  });

  it('refuses all rows because of one, in BigQuery’s words', async () => {
    await engine.catalog.createTable({
      tableReference: table('people'),
      schema: {
        fields: [
          { name: 'name', type: 'STRING', mode: 'REQUIRED' },
          { name: 'age', type: 'INTEGER' },
        ],
      },
    });
    const rows = [{ json: { name: 'Ada', age: 36 } }, { json: { age: 'old', shoe: 1 } }];
    const { insertErrors } = await engine.insertRows(table('people'), rows);
    expect(insertErrors.map(({ index, errors }) => [index, errors.map(({ reason, message }) => `${reason}: ${message}`)])).toEqual([
      [
        1,
        [
          'invalid: no such field: shoe.',
          'invalid: Missing required field: name.',
          'invalid: Cannot convert value to integer (bad value):old',
        ],
      ],
      [0, ['stopped: ']],
    ]);
    expect(await engine.countRows(table('people'))).toBe(0n);
    await engine.insertRows(table('people'), rows, { skipInvalidRows: true });
    expect(await engine.countRows(table('people'))).toBe(1n);
  });

  it('takes a row with the same insertId once', async () => {
    await engine.catalog.createTable({ tableReference: table('once'), schema: { fields: [{ name: 'a', type: 'INTEGER' }] } });
    for (let i = 0; i < 3; i++) await engine.insertRows(table('once'), [{ insertId: 'x', json: { a: 1 } }]);
    expect(await engine.countRows(table('once'))).toBe(1n);
  });

  it('makes the table of a template suffix', async () => {
    await engine.insertRows(table('once'), [{ json: { a: 7 } }], { templateSuffix: '_eu' });
    expect(await readAll(engine, 'once_eu')).toEqual([{ f: [{ v: '7' }] }]);
  });

  it('reads pages and chosen fields', async () => {
    const rows = Array.from({ length: 5000 }, (_, i) => ({ json: { a: i } }));
    await engine.catalog.createTable({ tableReference: table('many'), schema: { fields: [{ name: 'a', type: 'INTEGER' }] } });
    await engine.insertRows(table('many'), rows);
    expect(await readAll(engine, 'many', { startIndex: 2500, maxResults: 2 })).toEqual([{ f: [{ v: '2500' }] }, { f: [{ v: '2501' }] }]);
    const [row] = await readAll(engine, 'every', { selectedFields: ['ST.l', 'i', 'rs.k'], maxResults: 1 });
    expect(row!.f.map(({ v }) => v)).toEqual([
      '9223372036854775807',
      { f: [{ v: [{ v: 'x' }, { v: 'y' }] }] },
      [{ v: { f: [{ v: 'v' }] } }, { v: { f: [{ v: null }] } }],
    ]);
  });

  it('tells tables apart that differ in case only', async () => {
    for (const tableId of ['Case', 'case'])
      await engine.catalog.createTable({ tableReference: table(tableId), schema: { fields: [{ name: 'a', type: 'STRING' }] } });
    await engine.insertRows(table('Case'), [{ json: { a: 'upper' } }]);
    expect(await engine.countRows(table('case'))).toBe(0n);
    await expect(engine.catalog.createTable({ tableReference: table('case') })).rejects.toThrow('Already Exists: Table p:d.case');
    expect(() => engine.catalog.getTable(table('CASE'))).toThrow('Not found: Table p:d.CASE');
  });

  it('counts bytes as BigQuery bills them', async () => {
    const { numRows, numBytes } = await engine.catalog.describeTable(table('people'));
    expect([numRows, numBytes]).toEqual(['1', String(2 + 3 + 8)]);
  });

  it('adds columns, at any depth, and keeps the rows', async () => {
    const fields = [
      ...everyType.fields.slice(0, 14),
      { name: 'st', type: 'RECORD', fields: [{ name: 'new', type: 'STRING' }, ...everyType.fields[14]!.fields!] },
      everyType.fields[15]!,
      { name: 'extra', type: 'DATE' },
    ];
    await engine.catalog.patchTable(table('every'), { schema: { fields } });
    const [row] = await readAll(engine, 'every', { selectedFields: ['st', 'extra'], maxResults: 1 });
    expect(row!.f.map(({ v }) => v)).toEqual([{ f: [{ v: null }, { v: '1' }, { v: [{ v: 'x' }, { v: 'y' }] }] }, null]);
    await expect(engine.catalog.patchTable(table('people'), { schema: { fields: [{ name: 'name', type: 'INTEGER' }] } })).rejects.toThrow(
      'Provided Schema does not match Table p:d.people. Field name has changed type from STRING to INTEGER',
    );
  });

  it('loads CSV with every dialect', async () => {
    const csv = 'x|y|z\n1|"two\nlines|"|NA\n2|plain|2024-01-01 10:00:00+02:00\n3|""""|\n';
    const directory = await mkdtemp(join(tmpdir(), 'load-'));
    const path = join(directory, 'a.csv');
    await writeFile(path, csv);
    const schema = {
      fields: [
        { name: 'x', type: 'INTEGER' },
        { name: 'y', type: 'STRING' },
        { name: 'z', type: 'TIMESTAMP' },
      ],
    };
    const outcome = await engine.load({
      destination: table('csv'),
      sources: [{ path }],
      schema,
      fieldDelimiter: '|',
      nullMarker: 'NA',
      skipLeadingRows: 1,
      allowQuotedNewlines: true,
    });
    expect(outcome.outputRows).toBe('3');
    expect((await readAll(engine, 'csv')).map(({ f }) => f.map(({ v }) => v))).toEqual([
      ['1', 'two\nlines|', null],
      ['2', 'plain', '1704096000000000'],
      ['3', '"', null],
    ]);
    await rm(directory, { recursive: true });
  });

  const load = (tableId: string, text: string, options: Partial<Parameters<Engine['load']>[0]>) =>
    engine.load({
      destination: table(tableId),
      sources: [
        {
          stream: (async function* () {
            yield Buffer.from(text);
          })(),
        },
      ],
      ...options,
    });

  it('gives up on bad records with nothing written, or leaves them out', async () => {
    const schema = { fields: [{ name: 'a', type: 'INTEGER' }] };
    await expect(load('bad', '1\nx\n3\n', { schema })).rejects.toMatchObject({
      reason: 'invalid',
      message:
        'Error while reading data, error message: CSV processing encountered too many errors, giving up. Rows: 2; errors: 1; max bad: 0; error percent: 0',
      errors: [
        expect.anything(),
        {
          reason: 'invalid',
          message: expect.stringContaining("Could not parse 'x' as INT64 for field a (position 0) starting at location 2"),
        },
      ],
    });
    expect(engine.catalog.findTable(table('bad'))).toBeUndefined();
    expect(await load('bad', '1\nx\n3\n', { schema, maxBadRecords: 1 })).toMatchObject({ outputRows: '2', badRecords: '1' });
  });

  it('detects a schema from CSV and from JSON', async () => {
    await load('detected', 'id,price,day,name\n1,2.5,2024-01-01,x\n2,3,2024-01-02,y\n', { autodetect: true });
    const typesOf = (tableId: string) =>
      engine.catalog.getTable(table(tableId)).schema!.fields.map(({ name, type, mode }) => `${name} ${type} ${mode}`);
    expect(typesOf('detected')).toEqual(['id INTEGER NULLABLE', 'price FLOAT NULLABLE', 'day DATE NULLABLE', 'name STRING NULLABLE']);
    await load('detected_json', '{"a":1,"b":[{"c":"x"}],"big":12345678901234567890.5}\n{"a":2.5}\n', {
      autodetect: true,
      format: 'NEWLINE_DELIMITED_JSON',
    });
    expect(typesOf('detected_json')).toEqual(['a FLOAT NULLABLE', 'b RECORD REPEATED', 'big FLOAT NULLABLE']);
  });

  it('obeys write and create dispositions and schema update options', async () => {
    const schema = { fields: [{ name: 'a', type: 'INTEGER' }] };
    await expect(load('w', '1\n', { schema, createDisposition: 'CREATE_NEVER' })).rejects.toThrow('Not found: Table p:d.w');
    await load('w', '1\n', { schema });
    await expect(load('w', '1\n', { schema, writeDisposition: 'WRITE_EMPTY' })).rejects.toThrow('Already Exists: Table p:d.w');
    await load('w', '2\n', {});
    expect(await engine.countRows(table('w'))).toBe(2n);
    await load('w', '3\n', { schema, writeDisposition: 'WRITE_TRUNCATE' });
    expect(await readAll(engine, 'w')).toEqual([{ f: [{ v: '3' }] }]);
    const wider = { fields: [...schema.fields, { name: 'b', type: 'STRING' }] };
    await expect(load('w', '4,x\n', { schema: wider })).rejects.toThrow(
      'Provided Schema does not match Table p:d.w. Cannot add fields (field: b)',
    );
    await load('w', '4,x\n', { schema: wider, schemaUpdateOptions: ['ALLOW_FIELD_ADDITION'] });
    expect(await readAll(engine, 'w')).toEqual([{ f: [{ v: '3' }, { v: null }] }, { f: [{ v: '4' }, { v: 'x' }] }]);
  });

  it('copies tables, and extracts and loads Parquet', async () => {
    await engine.copy({ sources: [table('every')], destination: table('every_copy') });
    expect(await readAll(engine, 'every_copy')).toEqual(await readAll(engine, 'every'));
    const directory = await mkdtemp(join(tmpdir(), 'extract-'));
    await engine.extract({ source: table('many'), format: 'PARQUET', outputPath: join(directory, 'many.parquet') });
    await engine.load({ destination: table('again'), format: 'PARQUET', sources: [{ path: join(directory, 'many.parquet') }] });
    expect(await engine.countRows(table('again'))).toBe(5000n);
    await engine.extract({ source: table('csv'), outputPath: join(directory, 'x.csv') });
    expect(await readFile(join(directory, 'x.csv'), 'utf8')).toBe('x,y,z\n1,"two\nlines|",\n2,plain,2024-01-01 08:00:00 UTC\n3,"""",\n');
    await rm(directory, { recursive: true });
  });
});

describe('engine with a directory', () => {
  it('has its tables again after a restart', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'engine-'));
    const first = await createEngine({ directory });
    await first.catalog.createDataset({ datasetReference: { projectId: 'p', datasetId: 'd' }, labels: { team: 'x' } });
    await first.catalog.createTable({ tableReference: table('kept'), schema: { fields: [{ name: 'a', type: 'STRING' }] } });
    await first.insertRows(table('kept'), [{ json: { a: 'here' } }]);
    await first.close();
    const second = await createEngine({ directory });
    expect(second.catalog.getDataset({ projectId: 'p', datasetId: 'd' }).labels).toEqual({ team: 'x' });
    expect(await readAll(second, 'kept')).toEqual([{ f: [{ v: 'here' }] }]);
    await second.close();
    await rm(directory, { recursive: true });
  });
});
