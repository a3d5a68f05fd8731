import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, normalize } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const below = ['docs', 'gateway', 'desktop', 'shared', 'fixtures', 'e2e'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((each) => `${folder}/${each.replaceAll('\\', '/')}`),
);
const files = [...readdirSync(root), ...below].filter((path) => !/(^|\/)(node_modules|\.cache|out|test-results)\//.test(path));
const pages = files.filter((path) => path.endsWith('.md'));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const withoutCode = (text: string): string => text.replaceAll(/```.*?```/gs, '');

/** As GitHub names the headings of a page. */
const anchorsOf = (path: string): string[] =>
  [...withoutCode(read(path)).matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}_\- ]/gu, '')
      .replaceAll(' ', '-'),
  );

function linksOf(path: string): { readonly target: string; readonly anchor: string }[] {
  return [...withoutCode(read(path)).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link]) => link!)
    .filter((link) => !/^[a-z]+:/.test(link))
    .map((link) => {
      const [target = '', anchor = ''] = link.split('#');
      return { target: target === '' ? path : normalize(join(dirname(path), target)), anchor };
    });
}

test('every link between pages leads somewhere', () => {
  const broken = pages.flatMap((path) =>
    linksOf(path)
      .filter(({ target, anchor }) => !existsSync(join(root, target)) || (anchor !== '' && !anchorsOf(target).includes(anchor)))
      .map(({ target, anchor }) => `${path}: ${target}${anchor && `#${anchor}`}`),
  );
  expect(pages.length, 'the scan sees the project').toBeGreaterThan(20);
  expect(broken).toEqual([]);
});

test('every page for users is led to from the first one', () => {
  const reached = new Set(['README.md']);
  for (const path of reached) for (const { target } of linksOf(path)) if (target.endsWith('.md')) reached.add(target);
  expect(pages.filter((path) => path.startsWith('docs/') && !reached.has(path))).toEqual([]);
});

/** What a program writes or serves, and what is a part of a bundle, is no file of the project. */
const isElsewhere = (name: string): boolean =>
  /^\/|^\.cache\/|[A-Z]{4}/.test(name) ||
  ['datapackage.json', 'statement.dsse.json', 'steno.yaml', 'trust.json', 'writer-log.json'].includes(basename(name));

const named = /`([\w@./-]+\.(?:ts|tsx|mjs|cjs|py|css|cedarschema|yaml|json))`/g;

/** Below the README, or by a path: from there, or from any folder. */
function isThere(name: string, page: string): boolean {
  if (files.includes(normalize(join(dirname(page), name))) || (name.includes('/') && files.includes(name))) return true;
  return files.some((path) => (name.includes('/') || path.startsWith(`${dirname(page)}/`)) && path.endsWith(`/${name}`));
}

test('every file that a README names is there', () => {
  const missing = pages
    .filter((path) => basename(path) === 'README.md')
    .flatMap((path) =>
      [...read(path).matchAll(named)]
        .map(([, name]) => name!)
        .filter((name) => !isElsewhere(name) && !isThere(name, path))
        .map((name) => `${path}: ${name}`),
    );
  expect(missing).toEqual([]);
});
