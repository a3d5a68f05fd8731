import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type { z } from 'zod';
import {
  bodySaltsSchema,
  bundlePaths,
  columnSaltsSchema,
  disclosureSchema,
  sessionLeafSchema,
  warcColumnSaltsSchema,
  warcMetadataSchema,
} from './format.ts';
import { parseBodySalts, parseColumnSalts, parseDisclosure, parseLeaf, parseMetadata, parseWarcColumnSalts } from './parse-record.ts';
import { createRandom } from './testing/create-random.ts';
import { readMembers } from './testing/mutate-bundle.ts';

const bundles = ['v1/nightly', 'v1/crashed', 'v2/nightly', 'v2/crashed', 'v2/redacted', 'v3/nightly', 'v3/redacted'].map((name) =>
  readMembers(readFileSync(path.join(import.meta.dirname, `../../fixtures/bundles/${name}.wacz`))),
);
const linesOf = (member: string): string[] =>
  bundles.flatMap((members) => members.get(member)?.toString('utf8').trimEnd().split('\n') ?? []);
const archived = bundles.flatMap((members) => gunzipSync(members.get(bundlePaths.warc)!).toString('latin1').split('\r\n'));
const records = (start: string): string[] => archived.filter((line) => line.startsWith(start));

const random = createRandom(17);
const pick = <Value>(values: readonly Value[]): Value => values[Math.floor(random() * values.length)]!;
const strange = [null, -1, 1.5, Number.MAX_VALUE, '', 'x', '0'.repeat(64), true, [], {}, JSON.parse('{"__proto__":1}')];

/** One member more, less or other than before, somewhere inside. */
function change(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || random() < 0.1) return pick(strange);
  const copy = Array.isArray(value) ? [...value] : { ...value };
  const members = copy as Record<string, unknown>;
  const key = pick(Object.keys(copy)) ?? 'extra';
  const way = random();
  if (way < 0.15) delete members[key];
  else if (way < 0.3)
    Object.defineProperty(copy, pick(['extra', '__proto__', 'constructor', '9']), { value: 1, enumerable: true, configurable: true });
  else members[key] = change(members[key]);
  return copy;
}

test.each<[string, string[], z.ZodType, (value: unknown) => unknown]>([
  ['leaf', linesOf(bundlePaths.leaves), sessionLeafSchema, parseLeaf],
  ['disclosure', linesOf(bundlePaths.disclosures), disclosureSchema, parseDisclosure],
  ['metadata', records('{"bodies"'), warcMetadataSchema, parseMetadata],
  ['record of column salts', records('{"columns"'), warcColumnSaltsSchema, parseWarcColumnSalts],
  ['line of salts', linesOf(bundlePaths.salts).filter((line) => line.startsWith('{"bodies"')), bodySaltsSchema, parseBodySalts],
  ['line of column salts', linesOf(bundlePaths.salts).filter((line) => line.startsWith('{"columns"')), columnSaltsSchema, parseColumnSalts],
])('judges a %s as the schema does, damaged or not', (_, lines, schema, parse) => {
  expect(lines.length).toBeGreaterThan(0);
  let refused = 0;
  for (const line of lines) {
    expect(parse(JSON.parse(line))).toEqual(schema.parse(JSON.parse(line)));
    for (let run = 0; run < 100; run += 1) {
      const changed: unknown = JSON.parse(JSON.stringify(change(JSON.parse(line))));
      const expected = schema.safeParse(changed);
      refused += expected.success ? 0 : 1;
      expect(parse(changed)).toEqual(expected.success ? expected.data : undefined);
    }
  }
  expect(refused).toBeGreaterThan(lines.length * 30);
});
