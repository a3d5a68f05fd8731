import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { openCustodyLog } from './custody-log.ts';

const directory = mkdtempSync(join(tmpdir(), 'steno-custody-'));
afterAll(() => rmSync(directory, { recursive: true }));
const file = join(directory, 'custody.ndjson');

it('goes on where it ended', async () => {
  await (await openCustodyLog(file)).note('opened', 'a.wacz');
  const again = await openCustodyLog(file);
  await again.note('searched', 'ssn');
  const { intact, entries } = await (await openCustodyLog(file)).list();
  expect([intact, entries.map(({ seq, action }) => `${seq} ${action}`)]).toEqual([true, ['0 opened', '1 searched']]);
});

it.each<[string, (lines: string[]) => string[]]>([
  ['changed', ([first = '', ...rest]) => [first.replace('a.wacz', 'b.wacz'), ...rest]],
  ['taken out', (lines) => lines.slice(1)],
  ['cut', (lines) => [...lines.slice(0, -1), lines.at(-1)!.slice(0, 20)]],
  ['swapped', ([first = '', second = '']) => [second, first]],
])('notices a line that was %s', async (_, change) => {
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  const other = join(directory, 'changed.ndjson');
  writeFileSync(other, `${change(lines).join('\n')}\n`);
  expect((await (await openCustodyLog(other)).list()).intact).toBe(false);
});
