import { expect, it } from 'vitest';
import { bytesFromBase64, toHexDump } from './hex-dump.ts';

it('dumps bytes with their offsets', () => {
  expect(toHexDump(new TextEncoder().encode('GET /bigquery/v2 \r\n'), 16)).toBe(
    ['00000010  47 45 54 20 2f 62 69 67 71 75 65 72 79 2f 76 32  GET /bigquery/v2', `00000020  ${'20 0d 0a'.padEnd(47)}   ..`].join('\n'),
  );
});

it('reads base64', () => expect([...bytesFromBase64('AP8=')]).toEqual([0, 255]));
