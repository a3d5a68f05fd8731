import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { openFolderStore } from './folder-store.ts';

const child = path.join(import.meta.dirname, 'testing/put-child.ts');

/** Kills a writer some time after it was told that `names` objects are durable; its output is all that it had been told. */
async function killWhilePutting(folder: string, work: string, names: number, afterMs: number): Promise<string[]> {
  const writer = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', child, folder, work], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  writer.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  while (output.split('\n').length <= names + 1) await once(writer.stdout, 'data');
  await sleep(afterMs);
  writer.kill('SIGKILL');
  await once(writer, 'close');
  return output.split('\n').slice(1, -1);
}

test('a writer that is killed in the middle of a put leaves no half object, and loses none that it was told is durable (50 kills)', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'steno-crash-'));
  const work = await mkdtemp(path.join(os.tmpdir(), 'steno-crash-work-'));
  const acknowledged = new Set<string>();
  const checked = new Set<string>();
  for (let kill = 0; kill < 50; kill += 1) {
    // One in three at once; the others have said enough before, however slow the machine is.
    for (const name of await killWhilePutting(folder, work, [0, 1, 3][kill % 3]!, Math.random() * 60)) acknowledged.add(name);
    const store = await openFolderStore(folder);
    for await (const facts of store.list('')) {
      expect(facts).toMatchObject({ sha256: path.posix.basename(facts.name), legalHold: true });
      if (checked.has(facts.name)) continue;
      const hash = createHash('sha256');
      for await (const chunk of store.read(facts.name)) hash.update(chunk);
      expect(hash.digest('hex')).toBe(path.posix.basename(facts.name));
      checked.add(facts.name);
    }
    await store.close();
  }
  expect([...acknowledged].filter((name) => !checked.has(name))).toEqual([]);
  expect(acknowledged.size).toBeGreaterThan(50);
  expect((await readdir(path.join(folder, '.incoming'))).length).toBeGreaterThan(10); // the kills did hit puts under way
  await rm(folder, { recursive: true, force: true });
  await rm(work, { recursive: true, force: true });
}, 180_000);
