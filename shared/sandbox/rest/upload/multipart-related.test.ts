import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readMultipart } from './multipart-related.ts';

const body = [
  '--x1',
  'Content-Type: application/json',
  '',
  '{"a":1}',
  '--x1',
  'content-type: text/csv',
  '',
  'a,b\r\n--x\r\n1,2\n',
  '--x1--',
  '',
].join('\r\n');

async function* inPieces(text: string, sizes: readonly number[]): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text);
  for (let at = 0, turn = 0; at < bytes.byteLength; turn++) {
    const size = sizes[turn % sizes.length]!;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

async function read(
  text: string,
  sizes = [text.length],
  contentType = 'multipart/related; boundary=x1',
): Promise<[string | undefined, string][]> {
  const parts: [string | undefined, string][] = [];
  for await (const part of readMultipart(inPieces(text, sizes), contentType)) {
    const chunks: Buffer[] = [];
    for await (const chunk of part.body) chunks.push(chunk);
    parts.push([part.headers['content-type'], Buffer.concat(chunks).toString()]);
  }
  return parts;
}

const expected = [
  ['application/json', '{"a":1}'],
  ['text/csv', 'a,b\r\n--x\r\n1,2\n'],
];

test('the parts come out whole, however the bytes come in', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), async (sizes) => {
      expect(await read(body, sizes)).toEqual(expected);
    }),
  );
});

test('lines may all end with a bare line feed, wherever the chunks are cut', async () => {
  const bare = body.replaceAll('\r\n', '\n');
  for (const size of [1, 7, 1000])
    expect(await read(bare, [size])).toEqual(JSON.parse(JSON.stringify(expected).replaceAll('\\r\\n', '\\n')));
});

test('a quoted boundary, a preamble and an epilogue are read over', async () => {
  expect(await read(`hello\r\n${body}bye`, [7], 'multipart/related; type="a"; boundary="x1"')).toEqual(expected);
});

test('a body that was cut off is no upload', async () => {
  await expect(read(body.slice(0, -8))).rejects.toThrow(/ends before its closing delimiter/);
  await expect(read(body, [99], 'multipart/related')).rejects.toThrow(/names no boundary/);
});
