import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  archivedRecords,
  bodySides,
  bundlePaths,
  disclosureValues,
  FORMAT_VERSION,
  olderPaths,
  optionalPaths,
  sessionLeafSchema,
  storedForms,
  writerLeafSchema,
} from '../../shared/bundle/format.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/bundle-format.md'), 'utf8');

/** First cells of the rows below a heading. */
const rowsOf = (heading: string): string[] => {
  const [section = ''] = page.split(`\n## ${heading}\n`).slice(1);
  return [...section.split('\n## ')[0]!.matchAll(/^\| `([^`]+)` \|/gm)].map(([, name]) => name!);
};
const kindsOf = (schema: typeof sessionLeafSchema | typeof writerLeafSchema): string[] =>
  schema.options.map((option) => option.shape.kind.value);

test('the page tells of the version that is written', () => expect(page).toContain(`Version ${FORMAT_VERSION}, member by member`));

test.each([
  ['Members', [...Object.values(bundlePaths), ...Object.values(optionalPaths), 'derived/*.parquet']],
  ['Records of a session', kindsOf(sessionLeafSchema)],
  ['Disclosures', Object.keys(disclosureValues)],
  ['Archive and index', archivedRecords.filter((record) => record !== 'metadata' && record !== 'columns')],
  ['Entries of the writer log', kindsOf(writerLeafSchema)],
])('%s: the page has a row for each, and for nothing else', (heading, names) =>
  expect(rowsOf(heading).toSorted()).toEqual([...names].toSorted()),
);

test('every field of every leaf, every side and form is named', () => {
  const fields = [...sessionLeafSchema.options, ...writerLeafSchema.options].flatMap(({ shape }) => Object.keys(shape));
  const named = [...new Set(fields), ...bodySides, ...storedForms, ...Object.values(olderPaths)];
  expect(named.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
});
