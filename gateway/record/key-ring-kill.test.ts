import { spawn } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { createSignerKey } from '../../shared/bundle/ed25519-key.ts';
import { createRandom } from '../../shared/bundle/testing/create-random.ts';
import { verifyBundle } from '../../shared/bundle/verify-bundle.ts';
import { exportSession } from './export-session.ts';
import { readKeyEpochs, requestRotation } from './key-ring.ts';
import { openRecorder } from './open-recorder.ts';
import { aDirectory, aSession, recordExchange } from './testing/an-exchange.ts';

/** Runs a recorder that rotates without pause until it is killed, some time after `least` rotations and closed sessions; returns these sessions. */
async function killWhileRotating(directory: string, least: number, afterMs: number): Promise<string[]> {
  const script = path.join(import.meta.dirname, 'testing/rotate-child.ts');
  const child = spawn(process.execPath, [script, directory], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  let isDoomed = false;
  const told = (letter: string): number => output.split(`\n${letter}`).length - 1;
  for await (const piece of child.stdout.setEncoding('latin1')) {
    output += piece;
    if (isDoomed || told('S') < least || told('K') < least) continue;
    isDoomed = true;
    setTimeout(() => child.kill('SIGKILL'), afterMs);
  }
  return [...output.matchAll(/^S (\S+)\n/gm)].map(([, id]) => id!);
}

test('killed at any point of a rotation, the writer starts and works, and its first key leads to all it signed', async () => {
  const { directory, remove } = aDirectory();
  await (await openRecorder({ directory })).close();
  const pinned = readKeyEpochs(directory)[0]!.key;
  const random = createRandom(7);
  const closed: string[] = [];
  for (let kill = 0; kill < 8; kill += 1) closed.push(...(await killWhileRotating(directory, kill % 3, Math.floor(random() * 600))));
  const recorder = await openRecorder({ directory });
  const last = aSession(recorder);
  await recordExchange(recorder, last, Buffer.from('x'));
  await recorder.close();
  expect(readKeyEpochs(directory).length).toBeGreaterThan(5);
  expect(closed.length).toBeGreaterThan(5);
  const outputPath = path.join(directory, 'out.wacz');
  for (const session of [closed[0]!, closed[Math.floor(closed.length / 2)]!, closed.at(-1)!, last]) {
    await exportSession({ directory, session, outputPath, exportedBy: 'test', exporterKey: createSignerKey('test/exporter') });
    const { verdict, checks } = await verifyBundle(outputPath, { pinnedKeys: [pinned] });
    expect(checks.filter(({ status }) => status === 'failed')).toEqual([]);
    expect(verdict).toBe('sound');
    rmSync(outputPath);
  }
  expect(readdirSync(path.join(directory, 'keys')).filter((name) => name.endsWith('.new')).length).toBeLessThan(16);
  requestRotation(directory, 0);
  await (await openRecorder({ directory })).close();
  remove();
}, 240_000);
