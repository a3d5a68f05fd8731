import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { expect, test } from 'vitest';
import { getSurt } from 'warcio';
import { toSurt } from './surt.ts';
import { createRandom } from './testing/create-random.ts';

test.each([
  ['https://bigquery.googleapis.com/bigquery/v2/projects/p/queries', 'com,googleapis,bigquery)/bigquery/v2/projects/p/queries'],
  [
    'https://gw.example/bigquery/v2/projects/P/queries/Job_1?startIndex=0&maxResults=5',
    'example,gw)/bigquery/v2/projects/p/queries/job_1?maxresults=5&startindex=0',
  ],
  ['http://127.0.0.1:9050/bigquery/v2', '1,0,0,127:9050)/bigquery/v2'],
  ['https://www2.gw.example:443/?', 'example,gw)/'],
])('%s is found under %s', (url, surt) => {
  expect(toSurt(url)).toBe(surt);
  expect(getSurt(url)).toBe(surt);
});

test.each([
  'https://gw.example/a/../b',
  'https://gw.example/a/%2E%2e/b',
  'https://gw.example/a b',
  'https://gw.example/ä',
  'https://gw.example/a?b=<c>',
  'https://gw.example:0443/',
  'https://gw.example:65536/',
  'https://127.1/',
  'https://0x7f.0.0.1/',
  'https://xn--gw-xka.example/',
  'https://ann:secret@gw.example/',
  'urn:uuid:01a20616-a383-721d-adca-2047080ae0e9',
  'https://gw.example',
])('%s has no key: parsers write it in another way', (url) => expect(toSurt(url)).toBeUndefined());

// Both verifiers make the key without a URL parser; replay tools make it with one.
test('wherever there is a key, it is the one that replay tools look for', () => {
  const random = createRandom(7);
  const pick = (from: string, most: number): string =>
    Array.from({ length: Math.floor(random() * (most + 1)) }, () => from[Math.floor(random() * from.length)]).join('');
  const characters = 'aZ09-._~!$&\'()*+,;=:@%/?#[]{}|\\^`<> "ä';
  const keys: [string, string | null][] = [];
  for (let run = 0; run < 20_000; run += 1) {
    const host = pick('aW0w-.x127', 12);
    const url = `http${pick('s', 1)}://${host}${random() < 0.2 ? `:${pick('0489', 4)}` : ''}/${pick(characters, 6)}${random() < 0.5 ? `?${pick(characters, 8)}` : ''}`;
    const surt = toSurt(url);
    keys.push([url, surt ?? null]);
    if (surt !== undefined) expect([url, surt]).toEqual([url, getSurt(url)]);
  }
  expect(keys.filter(([, surt]) => surt !== null).length).toBeGreaterThan(500);
  expect(inPython(keys.map(([url]) => url))).toEqual(keys.map(([, surt]) => surt));
});

function inPython(urls: readonly string[]): unknown {
  const script = 'import json, sys, verify; print(json.dumps([verify.surt(url) for url in json.load(sys.stdin)]))';
  const run = spawnSync('python3', ['-c', script], {
    cwd: path.join(import.meta.dirname),
    input: JSON.stringify(urls),
    encoding: 'utf8',
    env: { PYTHONDONTWRITEBYTECODE: '1' },
  });
  return JSON.parse(run.stdout);
}
