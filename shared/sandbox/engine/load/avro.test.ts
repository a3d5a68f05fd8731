import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEngine } from '../create-engine.ts';
import type { Engine, ExtractRequest, LoadRequest } from '../engine.ts';
import { type CodecName, toBlockBytes, toHeaderBytes } from './avro-container.ts';
import { toAvscType } from './open-avro.ts';
import { compressSnappy, decompressSnappy } from './snappy.ts';

const table = (tableId: string) => ({ projectId: 'p', datasetId: 'd', tableId });
let engine: Engine;
let folder: string;
beforeAll(async () => {
  engine = await createEngine();
  folder = await mkdtemp(join(tmpdir(), 'avro-test-'));
  await engine.catalog.createDataset({ datasetReference: { projectId: 'p', datasetId: 'd' } });
});
afterAll(async () => {
  await engine.close();
  await rm(folder, { recursive: true });
});

async function ask(sql: string): Promise<unknown[][]> {
  const { destinationTable } = await engine.query({ sql, projectId: 'p' });
  const rows: unknown[][] = [];
  for await (const page of engine.readRows(destinationTable!)) rows.push(...page.map(({ f }) => f.map(({ v }) => v)));
  return rows;
}

async function write(schema: object, records: readonly object[], codec: CodecName = 'null'): Promise<string> {
  const path = join(folder, `${Math.random()}.avro`);
  const type = toAvscType(schema);
  const header = { schema, codec, sync: Buffer.alloc(16, 7) };
  const data = Buffer.concat(records.map((record) => type.toBuffer(record)));
  await writeFile(path, Buffer.concat([toHeaderBytes(header), await toBlockBytes(header, { count: records.length, data })]));
  return path;
}

const load = (tableId: string, path: string, more: Partial<LoadRequest> = {}) =>
  engine.load({ destination: table(tableId), sources: [{ path }], format: 'AVRO', ...more });

const columnsOf = (tableId: string) =>
  engine.catalog.getTable(table(tableId)).schema!.fields.map(({ name, type, mode }) => `${name} ${type} ${mode}`);

const everything = `SELECT 9223372036854775807 AS i, 1.5 AS f, NUMERIC '-12.000000001' AS n, BIGNUMERIC '0.5' AS bn, TRUE AS b, 'ü' AS s,
  b'\\x00\\xff' AS y, DATE '1969-12-31' AS d, DATETIME '2024-02-29T01:02:03.000004' AS dt, TIME '23:59:59.999999' AS t,
  TIMESTAMP '1969-12-31 23:59:59.999999+00' AS ts, JSON '{"a":1}' AS j, STRUCT(1 AS a, ['x', 'y'] AS l) AS st,
  [STRUCT('k' AS k), STRUCT(NULL AS k)] AS rs, CAST(NULL AS INT64) AS nothing`;

describe('Avro', () => {
  it.each(['NONE', 'DEFLATE', 'SNAPPY'] as const)('comes back as it was extracted, compressed by %s', async (compression) => {
    await engine.query({ sql: `CREATE OR REPLACE TABLE d.source AS ${everything}`, projectId: 'p' });
    for (const useAvroLogicalTypes of [true, false]) {
      const outputPath = join(folder, 'out.avro');
      const request: ExtractRequest = { source: table('source'), format: 'AVRO', compression, useAvroLogicalTypes, outputPath };
      expect(await engine.extract(request)).toMatchObject({ rows: '1' });
      const { schema } = engine.catalog.getTable(table('source'));
      await load('back', outputPath, { schema: schema!, writeDisposition: 'WRITE_TRUNCATE', useAvroLogicalTypes: true });
      expect(await ask('SELECT * FROM d.back')).toEqual(await ask('SELECT * FROM d.source'));
    }
  });

  it('detects columns: required unless the union says null, maps as repeated pairs, logical types when asked', async () => {
    const record = {
      type: 'record',
      name: 'Event',
      namespace: 'acme',
      fields: [
        { name: 'id', type: 'long' },
        { name: 'note', type: ['null', 'string'], doc: 'what was said' },
        { name: 'day', type: { type: 'int', logicalType: 'date' } },
        { name: 'moment', type: ['null', { type: 'long', logicalType: 'timestamp-millis' }] },
        { name: 'price', type: { type: 'bytes', logicalType: 'decimal', precision: 10, scale: 2 } },
        { name: 'kind', type: { type: 'enum', name: 'Kind', symbols: ['A', 'B'] } },
        { name: 'other', type: ['null', 'acme.Kind'] },
        { name: 'tags', type: { type: 'map', values: 'int' } },
        { name: 'parts', type: { type: 'array', items: { type: 'record', name: 'Part', fields: [{ name: 'x', type: 'double' }] } } },
      ],
    };
    const event = {
      id: 2n ** 62n,
      note: { string: 'hi' },
      day: 19_723,
      moment: { long: 1_704_067_200_001n },
      price: Buffer.from('04d2', 'hex'),
      kind: 'A',
      other: { 'acme.Kind': 'B' },
      tags: { a: 1 },
      parts: [{ x: 0.5 }],
    };
    const path = await write(record, [event, { ...event, note: null, moment: null, other: null, parts: [] }], 'deflate');
    expect(await load('events', path, { useAvroLogicalTypes: true })).toMatchObject({ outputRows: '2', badRecords: '0' });
    expect(columnsOf('events')).toEqual([
      'id INTEGER REQUIRED',
      'note STRING NULLABLE',
      'day DATE REQUIRED',
      'moment TIMESTAMP NULLABLE',
      'price NUMERIC REQUIRED',
      'kind STRING REQUIRED',
      'other STRING NULLABLE',
      'tags RECORD REPEATED',
      'parts RECORD REPEATED',
    ]);
    expect(engine.catalog.getTable(table('events')).schema!.fields[1]!.description).toBe('what was said');
    expect(
      await ask('SELECT id, note, day, UNIX_MILLIS(moment), price, kind, other, tags[0].value, parts[0].x FROM d.events WHERE note = "hi"'),
    ).toEqual([[String(2n ** 62n), 'hi', '2024-01-01', '1704067200001', '12.34', 'A', 'B', '1', '0.5']]);
    await load('plain', path);
    expect(columnsOf('plain').slice(2, 5)).toEqual(['day INTEGER REQUIRED', 'moment INTEGER NULLABLE', 'price BYTES REQUIRED']);
  });

  it('names what does not fit', async () => {
    const long = { type: 'record', name: 'R', fields: [{ name: 'id', type: 'long' }] };
    const path = await write(long, [{ id: 1n }]);
    await engine.query({ sql: 'CREATE TABLE d.words (id STRING)', projectId: 'p' });
    await expect(load('words', path)).rejects.toMatchObject({
      reason: 'invalid',
      message: 'Field id has incompatible types. Configured schema: string; Avro file: integer.',
    });
    await engine.query({ sql: 'CREATE TABLE d.others (other INT64)', projectId: 'p' });
    await expect(load('others', path)).rejects.toThrow('Cannot add required fields to an existing schema. (field: id)');
    await writeFile(join(folder, 'no.avro'), 'id\n1\n');
    await expect(load('nothing', join(folder, 'no.avro'))).rejects.toThrow(
      'Error while reading data, error message: The Apache Avro library failed to parse the header with the following error: Invalid data file. Magic does not match',
    );
    const whole = await readFile(path);
    await writeFile(join(folder, 'cut.avro'), whole.subarray(0, -4));
    await expect(load('cut', join(folder, 'cut.avro'))).rejects.toThrow(
      'The Apache Avro library failed to read data with the following error: EOF reached',
    );
    const union = await write({ type: 'record', name: 'R', fields: [{ name: 'u', type: ['int', 'string'] }] }, [{ u: { int: 1 } }]);
    await expect(load('union', union)).rejects.toMatchObject({ reason: 'notImplemented' });
  });
});

describe('snappy', () => {
  it('gives every block back', () => {
    const texts = [
      '',
      'a',
      'abcabcabcabcabcabcabcabcabc'.repeat(40),
      'x'.repeat(200_000),
      Buffer.from(Array.from({ length: 70_000 }, (_, i) => (i * 7919) % 251)),
    ];
    for (const text of texts) {
      const bytes = Buffer.from(text);
      const packed = compressSnappy(bytes);
      expect(decompressSnappy(packed).equals(bytes)).toBe(true);
    }
    expect(compressSnappy(Buffer.from('abcd'.repeat(1000))).length).toBeLessThan(400);
  });

  it('refuses what is none', () => {
    expect(() => decompressSnappy(Buffer.from([5, 1, 9]))).toThrow('snappy');
    expect(() => decompressSnappy(Buffer.alloc(0))).toThrow('snappy');
  });
});
