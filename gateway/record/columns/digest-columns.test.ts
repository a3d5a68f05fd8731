import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { digestTable, parseResultTable } from '../../../shared/bundle/result-columns.ts';
import { digestColumns } from './digest-columns.ts';

/** 01…, 02…, 03…: so that every byte is known. */
function countingSalts(): () => Buffer {
  let count = 0;
  return () => Buffer.alloc(16, ++count);
}

// Python's json.dumps wrote it; its hashlib made the digests, from the rules in format.ts alone.
const page = String.raw`{"kind": "bigquery#queryResponse", "schema": {"fields": [{"name": "email", "type": "STRING"}, {"name": "n", "type": "INTEGER"}, {"name": "tags", "type": "STRING", "mode": "REPEATED"}]}, "totalRows": "2", "rows": [{"f": [{"v": "zo\u00eb@example.com"}, {"v": "1"}, {"v": [{"v": "a"}, {"v": "b"}]}]}, {"f": [{"v": "say \"hi\"\n\u20ac \ud83d\ude00"}, {"v": null}, {"v": []}]}], "jobComplete": true}`;
const vector = {
  rows: 2,
  columns: [
    ['email', '87521c1ecc9498a00a4aed474123f2cfd7415d0c5c9ae802bdc587af69de3849'],
    ['n', 'e31acf2186a0b2c2de43d2ceb2c6554bb931ed45ab2c0f29d32f8aca555f0353'],
    ['tags', 'f4253e479ca602cfbba5597890de5f565569a4c6389ba43c792f811d4d2daa41'],
  ],
  rest: '40f60cdca2a53f5170ec971f1cf9a840c6b06e97df20d083673ed752390ac3a6',
};
const lineDigest = '0d5573d5d9e1719194d60815623b7e616e93f0d636bcc1f77fe2d993d0df44e4';

const cut = (bytes: Buffer, size: number): Buffer[] =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) => bytes.subarray(index * size, (index + 1) * size));

describe('digests of columns', () => {
  it.each([1, 3, 50, 10_000])('are those that Python computes by hand, however the answer is cut: %s', (size) => {
    const found = digestColumns(cut(Buffer.from(page), size), countingSalts());
    expect(JSON.parse(found?.line ?? '[]')).toEqual(['05'.repeat(16), 'result-columns', vector]);
    expect(found?.digest).toBe(lineDigest);
    expect(found?.salts.toString('hex')).toBe(['04', '01', '02', '03'].map((byte) => byte.repeat(16)).join(''));
  });

  it('are the same of a packed answer', () => {
    expect(digestColumns(cut(gzipSync(page), 1), countingSalts())?.digest).toBe(lineDigest);
  });

  it('are those that a verifier computes from the whole answer', () => {
    const rows = Array.from({ length: 3_000 }, (_, index) => ({
      f: [
        { v: `${index} ü` },
        { v: index % 3 === 0 ? null : { f: [{ v: '\u0001"' }] } },
        { v: 'long '.repeat(index % 1_500) },
        { v: 1e21 + index },
      ],
    }));
    const body = Buffer.from(JSON.stringify({ rows, pageToken: 'x', totalRows: '3000' }));
    const found = digestColumns(cut(body, 65_536), countingSalts());
    const [, , said] = JSON.parse(found?.line ?? '[]');
    const salts = cut(found!.salts, 16).map((salt) => salt.toString('hex'));
    expect(said).toEqual(digestTable(parseResultTable(body)!, { rest: salts[0], columns: salts.slice(1) }));
    expect(said.columns.map(([name]: [string]) => name)).toEqual(['0', '1', '2', '3']);
    const first = createHash('sha256').update(Buffer.from(salts[1]!, 'hex'));
    for (let index = 0; index < 3_000; index += 1) first.update(`"${index} ü"\n`);
    expect(said.columns[0][1]).toBe(first.digest('hex'));
  });

  it.each([
    ['no rows', '{"rows":[]}'],
    ['an error', '{"error":{"code":404}}'],
    ['rows that do not fit the schema', '{"schema":{"fields":[{"name":"a"},{"name":"b"}]},"rows":[{"f":[{"v":"1"}]}]}'],
    ['rows without columns', '{"rows":[{"f":[]}]}'],
    ['half a surrogate', String.raw`{"rows":[{"f":[{"v":"\ud800"}]}]}`],
    ['a number that is none', '{"rows":[{"f":[{"v":1e999}]}]}'],
    ['an answer that broke off', page.slice(0, -1)],
    ['a schema that is none', '{"schema":7,"rows":[{"f":[{"v":"1"}]}]}'],
    ['nothing', ''],
  ])('are not made of %s', (_, body) => expect(digestColumns([Buffer.from(body)], countingSalts())).toBeUndefined());

  it('are not made of what unpacks to more than is kept', () => {
    const bomb = gzipSync(Buffer.alloc(80 * 2 ** 20, ' '));
    expect(bomb.length).toBeLessThan(100_000);
    expect(digestColumns([bomb], countingSalts())).toBeUndefined();
  });
});
