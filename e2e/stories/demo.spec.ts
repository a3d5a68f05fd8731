import { execFile } from 'node:child_process';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from '@playwright/test';
import { demoBundle, demoFolder, root } from './demo-folder.ts';

type Ended = { readonly code: number; readonly output: string };

function run(args: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(process.execPath, ['--disable-warning=ExperimentalWarning', join(root, 'steno.ts'), ...args], (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), output: stdout + stderr }),
    );
  });
}

test('the demo runs end to end', async () => {
  test.setTimeout(180_000);
  await rm(demoFolder, { recursive: true, force: true });
  await mkdir(dirname(demoFolder), { recursive: true });
  const demo = await run(['demo', '--no-open', '--folder', demoFolder]);
  expect(demo.output).not.toContain('✗');
  expect(demo.code).toBe(0);
  const log = await readFile(join(demoFolder, 'logs/agent.log'), 'utf8');
  expect(log.match(/^\s*\d+ {2}ok/gm)?.length).toBeGreaterThanOrEqual(15);
  expect(log).toMatch(/refused {2}look into the salaries: Access Denied: .*Personnel data is not for agents/);
});

test('the bundle is sound, but of an unknown signer for someone who pinned nothing', async () => {
  const verified = await run(['verify', demoBundle, '--json']);
  expect(verified.code).toBe(1);
  expect(JSON.parse(verified.output).verdict).toBe('sound-unknown-key');
});
