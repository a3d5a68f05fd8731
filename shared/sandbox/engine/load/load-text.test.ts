import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEngine } from '../create-engine.ts';
import type { Engine, LoadRequest } from '../engine.ts';

let engine: Engine;
let tables = 0;
beforeAll(async () => {
  engine = await createEngine();
  await engine.catalog.createDataset({ datasetReference: { projectId: 'p', datasetId: 'd' } });
});
afterAll(() => engine.close());

/** `a:INTEGER b:STRING:REQUIRED`, `c:STRING(3)`. */
const schemaOf = (text: string) => ({
  fields: text.split(' ').map((column) => {
    const [, name, type, maxLength, mode] = /^(\w+):(\w+)(?:\((\d+)\))?(?::(\w+))?$/.exec(column)!;
    return { name: name!, type: type!, ...(maxLength && { maxLength }), ...(mode && { mode }) };
  }),
});

async function load(text: string | Buffer, options: Partial<LoadRequest> = {}) {
  const destination = { projectId: 'p', datasetId: 'd', tableId: `t${tables++}` };
  const sources = [{ stream: Readable.from([Buffer.from(text)]) }];
  const outcome = await engine.load({ destination, sources, ...options });
  const rows: unknown[][] = [];
  for await (const page of engine.readRows(destination)) rows.push(...page.map(({ f }) => f.map(({ v }) => v)));
  const columns = engine.catalog.getTable(destination).schema!.fields.map(({ name, type }) => `${name}:${type}`);
  return { rows, columns: columns.join(' '), warnings: outcome.warnings.map(({ message }) => message) };
}

/** What the job says after its first error. */
const complaints = (text: string | Buffer, options: Partial<LoadRequest>): Promise<readonly string[]> =>
  load(text, options).then(
    ({ rows }) => [`loaded ${JSON.stringify(rows)}`],
    ({ errors }: { errors: readonly { message: string }[] }) =>
      errors.slice(1).map(({ message }) => message.replace('Error while reading data, error message: ', '')),
  );

const two = schemaOf('a:STRING b:INTEGER');

describe('CSV', () => {
  it.each<[string, string | Buffer, Partial<LoadRequest>, unknown[][]]>([
    ['skipped rows', 'a,b\nx,1\n', { schema: two, skipLeadingRows: 1 }, [['x', '1']]],
    ['another delimiter', 'x\t1\n', { schema: two, fieldDelimiter: '\\t' }, [['x', '1']]],
    ['another quote', "'x,''y',1\n", { schema: two, quote: "'" }, [["x,'y", '1']]],
    ['no quotes', '"x,1\n', { schema: two, quote: '' }, [['"x', '1']]],
    ['quoted newlines', '"x\ny",1\n', { schema: two, allowQuotedNewlines: true }, [['x\ny', '1']]],
    ['short rows', 'x\n', { schema: two, allowJaggedRows: true }, [['x', null]]],
    ['long rows', 'x,1,2\n', { schema: two, ignoreUnknownValues: true }, [['x', '1']]],
    [
      'a marker of NULL, unless quoted',
      'N/A,1\n"N/A",\n',
      { schema: two, nullMarker: 'N/A' },
      [
        [null, '1'],
        ['N/A', null],
      ],
    ],
    [
      'several markers of NULL',
      'N/A,1\n-,2\n',
      { schema: two, nullMarkers: ['N/A', '-'] },
      [
        [null, '1'],
        [null, '2'],
      ],
    ],
    ['Latin-1', Buffer.from('ü,1\n', 'latin1'), { schema: two, encoding: 'ISO-8859-1' }, [['ü', '1']]],
    ['gzip', gzipSync('x,1\n'), { schema: two }, [['x', '1']]],
    ['control characters, when told', 'x\0y,1\n', { schema: two, preserveAsciiControlCharacters: true }, [['x\0y', '1']]],
  ])('takes %s', async (_what, text, options, rows) => {
    expect((await load(text, options)).rows).toEqual(rows);
  });

  it.each<[string, Partial<LoadRequest>, string]>([
    [
      'x,1\nü,2\ny,z\n',
      {},
      `Could not parse 'z' as INT64 for field b (position 1) starting at location 9 with message 'Unable to parse'; line_number: 3 byte_offset_to_start_of_line: 9 column_index: 1 column_name: "b" column_type: INT64 value: "z"`,
    ],
    [
      'x,1,2\n',
      {},
      'Too many values in row starting at position: 0. Found 3 column(s) while expected 2.; line_number: 1 byte_offset_to_start_of_line: 0',
    ],
    [
      'x\n',
      {},
      'CSV table references column position 1, but line starting at position:0 contains only 1 columns.; line_number: 1 byte_offset_to_start_of_line: 0',
    ],
    [
      '"x\ny",1\n',
      {},
      'Error detected while parsing row starting at position: 0. Error: Missing close quote character (").; line_number: 1 byte_offset_to_start_of_line: 0',
    ],
    ['x\0,1\n', {}, 'Bad character (ASCII 0) encountered.; line_number: 1 byte_offset_to_start_of_line: 0'],
    ['abcd,1\n', { schema: schemaOf('a:STRING(3) b:INTEGER') }, 'STRING(3) has maximum length 3 but got a value with length 4'],
    [
      ',1\n',
      { schema: schemaOf('a:STRING:REQUIRED b:INTEGER') },
      'Required column value for column index: 1 is missing in row starting at position: 0',
    ],
  ])('says of %j where it went wrong', async (text, options, message) => {
    expect((await complaints(text, { schema: two, ...options }))[0]).toContain(message);
  });

  it('goes on after as many bad records as it may', async () => {
    const { rows, warnings } = await load('x,1\ny,q\nz,3\n', { schema: two, maxBadRecords: 1 });
    expect(rows).toEqual([
      ['x', '1'],
      ['z', '3'],
    ]);
    expect(warnings).toHaveLength(1);
    await expect(load('x,p\ny,q\n', { schema: two, maxBadRecords: 1 })).rejects.toThrow(
      'Error while reading data, error message: CSV processing encountered too many errors, giving up. Rows: 2; errors: 2; max bad: 1; error percent: 0',
    );
  });

  it.each([
    ['id,name\n1,x\n', 'id:INTEGER name:STRING'],
    ['x,y\nz,w\n', 'string_field_0:STRING string_field_1:STRING'],
    [
      '1;2.5;2024-01-01;2024-01-01 10:00:00;true\n',
      'int64_field_0:INTEGER double_field_1:FLOAT date_field_2:DATE timestamp_field_3:TIMESTAMP bool_field_4:BOOLEAN',
    ],
    ['1,a\n2.5,3\n', 'double_field_0:FLOAT string_field_1:STRING'],
  ])('detects the columns of %j', async (text, columns) => {
    expect((await load(text, { autodetect: true })).columns).toBe(columns);
  });
});

describe('newline-delimited JSON', () => {
  const format = 'NEWLINE_DELIMITED_JSON';

  it('detects columns, nested ones too', async () => {
    const { columns, rows } = await load('{"a":1,"b":{"c":[1,2]}}\n{"a":1.5,"d":"2024-01-01T00:00:00Z"}\n', { format, autodetect: true });
    expect(columns).toBe('a:FLOAT b:RECORD d:TIMESTAMP');
    expect(rows[1]).toEqual(['1.5', null, '1704067200000000']);
  });

  it.each([
    ['{"a":1,"z":2}\n', 'JSON parsing error in row starting at position 0: No such field: z.'],
    ['{"a":1}\n{"a":"ü"}\n', 'JSON parsing error in row starting at position 8: Could not convert value to integer. Field: a; Value: ü'],
    ['{"a":\n', 'JSON parsing error in row starting at position 0: Parser terminated before end of string'],
    ['{}\n', 'JSON parsing error in row starting at position 0: Missing required field: a.'],
  ])('says of %j where it went wrong', async (text, message) => {
    expect(await complaints(text, { format, schema: schemaOf('a:INTEGER:REQUIRED') })).toEqual([message]);
  });

  it('adds and relaxes columns only when told', async () => {
    const destination = { projectId: 'p', datasetId: 'd', tableId: 'growing' };
    const append = (text: string, schema: string, options: Partial<LoadRequest> = {}) =>
      engine.load({ destination, sources: [{ stream: Readable.from([text]) }], format, schema: schemaOf(schema), ...options });
    await append('{"a":1}', 'a:INTEGER:REQUIRED');
    const prefix = 'Provided Schema does not match Table p:d.growing.';
    await expect(append('{"a":1,"b":"x"}', 'a:INTEGER:REQUIRED b:STRING')).rejects.toThrow(`${prefix} Cannot add fields (field: b)`);
    await append('{"a":1,"b":"x"}', 'a:INTEGER:REQUIRED b:STRING', { schemaUpdateOptions: ['ALLOW_FIELD_ADDITION'] });
    await expect(append('{"b":"y"}', 'a:INTEGER b:STRING')).rejects.toThrow(`${prefix} Field a has changed mode from REQUIRED to NULLABLE`);
    await append('{"b":"y"}', 'a:INTEGER b:STRING', { schemaUpdateOptions: ['ALLOW_FIELD_RELAXATION'] });
    await expect(append('{}', 'a:STRING b:STRING')).rejects.toThrow(`${prefix} Field a has changed type from INTEGER to STRING`);
    await expect(append('{}', 'a:INTEGER b:STRING', { writeDisposition: 'WRITE_EMPTY' })).rejects.toMatchObject({ reason: 'duplicate' });
    expect(await engine.countRows(destination)).toBe(3n);
  });
});

it('names the formats it does not read', async () => {
  await expect(load('', { format: 'ORC' })).rejects.toThrow('Loading ORC is not supported by the sandbox');
  await expect(load('', { schema: two, createDisposition: 'CREATE_NEVER' })).rejects.toMatchObject({ reason: 'notFound' });
});
