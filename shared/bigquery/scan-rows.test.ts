import { describe, expect, it } from 'vitest';
import { RowScanner, RowsUnreadable } from './scan-rows.ts';

type Seen = { readonly cells: string[][]; readonly members: Record<string, unknown>; readonly places: number[]; readonly plain: boolean[] };

function scan(page: string | Buffer, chunkBytes = Number.POSITIVE_INFINITY): Seen {
  const bytes = Buffer.from(page);
  const seen: Seen = { cells: [], members: {}, places: [], plain: [] };
  let row: string[] = [];
  const scanner = new RowScanner({
    cell(column, source, from, to, isCanonical, at) {
      expect(column).toBe(row.length);
      row.push(source.toString('utf8', from, to));
      seen.places.push(at);
      seen.plain.push(isCanonical);
      expect(bytes.toString('utf8', at, at + to - from)).toBe(row.at(-1));
    },
    rowEnd() {
      seen.cells.push(row);
      row = [];
    },
    member: (name, value) => {
      seen.members[name] = value;
    },
  });
  for (let at = 0; at < bytes.length; at += chunkBytes) scanner.push(bytes.subarray(at, Math.min(bytes.length, at + chunkBytes)));
  scanner.end();
  expect(scanner.rows).toBe(page.includes('"rows"') ? seen.cells.length : undefined);
  return seen;
}

const page = JSON.stringify({
  kind: 'bigquery#queryResponse',
  schema: { fields: [{ name: 'ä "x"', type: 'STRING' }, { name: 'b' }] },
  totalRows: '3',
  rows: [
    { f: [{ v: 'Zoë \u{1F600}' }, { v: null }] },
    { f: [{ v: 'a"b\\' }, { v: [{ v: { f: [{ v: '1' }, { v: [] }] } }, { v: null }] }] },
    { f: [{ v: '' }, { v: -1.5e3 }] },
  ],
  jobComplete: true,
  pageToken: undefined,
});

const expectedCells = [
  ['"Zoë \u{1F600}"', 'null'],
  [String.raw`"a\"b\\"`, '[{"v":{"f":[{"v":"1"},{"v":[]}]}},{"v":null}]'],
  ['""', '-1500'],
];

describe('a page as BigQuery writes it', () => {
  it.each([Number.POSITIVE_INFINITY, 1, 2, 3, 7, 64])('is read whole, in chunks of %s bytes', (chunkBytes) => {
    const seen = scan(page, chunkBytes);
    expect(seen.cells).toEqual(expectedCells);
    const { rows: _, ...rest } = JSON.parse(page);
    expect(seen.members).toEqual(rest);
  });

  it('is read with blanks as prettyPrint puts them', () => {
    const pretty = JSON.stringify(JSON.parse(page), undefined, 2);
    const seen = scan(pretty, 5);
    expect(seen.cells.map((row) => row.map((text) => JSON.parse(text)))).toEqual(
      expectedCells.map((row) => row.map((text) => JSON.parse(text))),
    );
  });

  it('tells which values are canonical as they stand', () => {
    expect(scan(page).plain).toEqual([true, true, false, false, true, false]);
  });

  it.each([
    '{}',
    '{"rows":[]}',
    ' {"a":1 , "rows" : [ ] }\n',
    '{"error":{"code":400,"message":"a \\"quoted\\" ] }"}}',
    '{"rows":[{"f":[]}]}',
  ])('may be small: %s', (small) => expect(() => scan(small, 1)).not.toThrow());
});

const wrong: readonly (readonly [string, string | Buffer])[] = [
  ['no object', '[]'],
  ['nothing', ''],
  ['half a page', '{"rows":[{"f":[{"v":"a"}]}'],
  ['a second page', '{}{}'],
  ['rows twice', '{"rows":[],"rows":[]}'],
  ['rows under an escaped name', '{"r\\u006fws":[]}'],
  ['rows that are null', '{"rows":null}'],
  ['a row that is no record', '{"rows":[["a"]]}'],
  ['a row with another member', '{"rows":[{"f":[],"g":1}]}'],
  ['a cell with another member', '{"rows":[{"f":[{"v":1,"w":2}]}]}'],
  ['a cell under an escaped name', '{"rows":[{"f":[{"\\u0076":1}]}]}'],
  ['v twice', '{"rows":[{"f":[{"v":"a","v":"b"}]}]}'],
  ['a cell without a value', '{"rows":[{"f":[{}]}]}'],
  ['rows of unequal length', '{"rows":[{"f":[{"v":"a"}]},{"f":[]}]}'],
  ['a value that is an object of its own', '{"rows":[{"f":[{"v":{"x":"secret"}}]}]}'],
  ['a bare list', '{"rows":[{"f":[{"v":["secret"]}]}]}'],
  ['a comma too many', '{"rows":[{"f":[{"v":1},]}]}'],
  ['no number', '{"rows":[{"f":[{"v":01}]}]}'],
  ['no word', '{"rows":[{"f":[{"v":nil}]}]}'],
  ['NaN', '{"rows":[{"f":[{"v":NaN}]}]}'],
  ['an unknown escape', '{"rows":[{"f":[{"v":"\\x41"}]}]}'],
  ['a short escape', '{"rows":[{"f":[{"v":"\\u00g1"}]}]}'],
  ['a line break in a string', '{"rows":[{"f":[{"v":"a\nb"}]}]}'],
  ['single quotes', "{'rows':[]}"],
  ['a blank within a name', '{"rows":[{"f" :[{" v":1}]}]}'],
  ['a comment', '{"rows":[/* */]}'],
  ['a member that is no JSON', '{"schema":{"fields":[}]}'],
  ['bytes that are no UTF-8', Buffer.from('{"rows":[{"f":[{"v":"\xff"}]}]}', 'latin1')],
  ['a character that ends too early', Buffer.from('{"a":"\xc3', 'latin1')],
  ['a character that never ends', Buffer.from('{"a":"\xff"}', 'latin1')],
  ['a byte order mark', '\uFEFF{}'],
  ['values too deep', `{"rows":[{"f":[{"v":${'[{"v":'.repeat(80)}1${'}]'.repeat(80)}}]}]}`],
];

describe('what BigQuery does not write is refused, however it is cut', () => {
  it.each(wrong)('%s', (_, bytes) => {
    for (const chunkBytes of [1, 2, 5, Number.POSITIVE_INFINITY]) expect(() => scan(bytes, chunkBytes)).toThrow(RowsUnreadable);
  });

  it('says at which byte', () => expect(() => scan('{"rows":[{"f":[{"v":01}]}]}')).toThrow(/byte 22/));
});

it('holds no more of a long page than one cell', () => {
  const row = Buffer.from(`{"f":[{"v":"${'x'.repeat(1000)}"},{"v":"${'y'.repeat(1000)}"}]},`);
  const chunk = Buffer.concat(Array.from({ length: 100 }, () => row));
  let cells = 0;
  const scanner = new RowScanner({
    cell: () => {
      cells += 1;
    },
  });
  scanner.push(Buffer.from('{"rows":['));
  for (let index = 0; index < 20; index += 1) scanner.push(chunk);
  globalThis.gc?.();
  const before = process.memoryUsage().arrayBuffers;
  for (let index = 0; index < 100; index += 1) scanner.push(chunk);
  globalThis.gc?.();
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 * 2 ** 20);
  expect(cells).toBe(120 * 200);
});
