import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { Indexer, WARCParser } from 'warcio';
import { bundlePaths } from './format.ts';
import { indexLinesOf } from './testing/forge-bundle.ts';
import { readMembers } from './testing/mutate-bundle.ts';

const golden = (name: string): string => path.join(import.meta.dirname, `../../fixtures/bundles/v3/${name}.wacz`);
const sha256 = (bytes: Buffer): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

// What `wacz validate` of py-wacz checks (webrecorder/py-wacz, wacz/validate.py), rule by rule.
describe.each(['nightly', 'crashed', 'redacted'])("py-wacz's rules, for %s.wacz", (name) => {
  const members = readMembers(readFileSync(golden(name)));
  const files = [...members.keys()];
  const datapackage = JSON.parse(members.get('datapackage.json')!.toString('utf8'));
  const listed = new Map<string, string>(datapackage.resources.map((each: { path: string; hash: string }) => [each.path, each.hash]));
  const named = files.filter((file) => file.includes('.') && !/^datapackage(-digest)?\.json$/.test(path.basename(file)));

  test('check_required_contents: a data package, a WARC, an index, pages', () => {
    expect(files).toContain('datapackage.json');
    expect(files.some((file) => /^archive\/.*\.warc(\.gz)?$/.test(file))).toBe(true);
    expect(files.some((file) => /^indexes\/index\.(cdxj?|idx)(\.gz)?$/.test(file))).toBe(true);
    expect(files).toContain('pages/pages.jsonl');
  });

  test('detect_version and detect_hash_type: 1.1.1, sha256', () => {
    expect(datapackage.wacz_version).toBe('1.1.1');
    expect(datapackage.resources[0].hash.split(':')[0]).toBe('sha256');
  });

  test('check_file_paths: every file is listed', () => {
    expect(named.filter((file) => !listed.has(file.split('/').slice(-2).join('/')))).toEqual([]);
  });

  test('check_file_hashes: every listed file has the hash that is listed', () => {
    for (const [file, hash] of listed) expect([file, sha256(members.get(file)!)]).toEqual([file, hash]);
  });

  test('check_data_package_hash_and_sig: the digest file states the hash of the data package', () => {
    const digest = JSON.parse(members.get('datapackage-digest.json')!.toString('utf8'));
    expect(digest).toMatchObject({ path: 'datapackage.json', hash: sha256(members.get('datapackage.json')!) });
    expect(digest).not.toHaveProperty('signedData'); // of which py-wacz would ask for a certificate
  });

  test('Frictionless: a profile, names that are lower case, sizes', () => {
    expect(datapackage.profile).toBe('data-package');
    for (const { name: resource, path: file, bytes } of datapackage.resources) {
      expect(resource).toMatch(/^[-a-z0-9._/]+$/);
      expect([file, members.get(file)!.length]).toEqual([file, bytes]);
    }
  });

  test('the header of the pages names their format', () => {
    const [header] = members.get('pages/pages.jsonl')!.toString('utf8').split('\n');
    expect(JSON.parse(header!)).toMatchObject({ format: 'json-pages-1.0', id: 'pages' });
  });

  test("another project's indexer finds every record where our index says it is", async () => {
    const indexer = new Indexer({ fields: ['offset', 'length', 'warc-type'] });
    const parser = new WARCParser(new Blob([new Uint8Array(members.get(bundlePaths.warc)!)]).stream());
    const theirs: string[] = [];
    for await (const { offset, length, ...rest } of indexer.iterRecords(parser, 'a.warc.gz'))
      if (rest['warc-type'] !== 'warcinfo') theirs.push(`${offset}+${length}`);
    const entries = indexLinesOf(members).map((line) => JSON.parse(line.slice(line.indexOf(' {'))));
    const placesOf = (isById: boolean) =>
      entries.filter((each) => 'record' in each === isById).map(({ offset, length }) => `${offset}+${length}`);
    expect(theirs.sort()).toEqual(placesOf(true).sort());
    expect(placesOf(true)).toEqual(expect.arrayContaining(placesOf(false)));
  });
});
