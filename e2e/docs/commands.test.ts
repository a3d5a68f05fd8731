import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const pages = ['README.md', ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`)].filter((path) => path.endsWith('.md'));

const helps = new Map<string, string>();
function helpOf(words: readonly string[]): string {
  const key = words.join(' ');
  const known = helps.get(key) ?? run([...words, '--help']);
  helps.set(key, known);
  return known;
}

function run(words: readonly string[]): string {
  return spawnSync(process.execPath, ['--disable-warning=ExperimentalWarning', 'steno.ts', ...words], { cwd: root, encoding: 'utf8' })
    .stdout;
}

const commandsIn = (help: string): Set<string> => new Set([...help.matchAll(/^ {2}([a-z][a-z-]*)\b/gm)].map(([, name]) => name!));

/** `npm run -s steno -- WORDS` or a line of its own in a block, `steno WORDS` in a sentence; up to where the shell, or the explanation, goes on. */
function callsIn(text: string): string[][] {
  const plain = text.replaceAll(/"[^"\n$]*"/g, 'TEXT');
  const found = ['steno -- ([^\\n`)]+)', '^(?:\\$ )?steno ([a-z].*)$', '`steno ([a-z][^`]*)`'].flatMap((form) => [
    ...plain.matchAll(new RegExp(form, 'gm')),
  ]);
  return found.map(([, words]) =>
    words!
      .split(/ # | \| | {3}|"/)[0]!
      .replaceAll(/[[\]]/g, '')
      .trim()
      .split(/\s+/),
  );
}

function fault(words: readonly string[]): string | undefined {
  if (words[0]!.startsWith('-')) return undefined;
  let command: readonly string[] = [words[0]!];
  if (!commandsIn(helpOf([])).has(words[0]!)) return `there is no command ${words[0]}`;
  if (words[1] !== undefined && /^Commands:/m.test(helpOf(command)) && commandsIn(helpOf(command)).has(words[1]))
    command = [...command, words[1]];
  const options = words.filter((word) => word.startsWith('--')).map((word) => word.split('=')[0]!);
  const unknown = options.filter(
    (option) => option !== '--help' && !helpOf(command).includes(`${option} `) && !helpOf(command).includes(`${option}\n`),
  );
  return unknown.length === 0 ? undefined : `steno ${command.join(' ')} has no ${unknown.join(', ')}`;
}

test('every command in the documentation is one that there is, with options that it has', { timeout: 240_000 }, () => {
  const calls = pages.flatMap((path) => callsIn(read(path)).map((words) => ({ path, words })));
  const faults = calls.flatMap(({ path, words }) => fault(words)?.concat(` (${path})`) ?? []);
  expect(calls.length).toBeGreaterThan(60);
  expect(faults).toEqual([]);
});
