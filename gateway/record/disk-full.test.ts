import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { createRandom } from '../../shared/bundle/testing/create-random.ts';
import { openRecorder } from './open-recorder.ts';
import { RecorderDown } from './record-errors.ts';
import { anEnd, anIntent, aSession, readBack, recordExchange, sendBody, sha256 } from './testing/an-exchange.ts';

const MEBIBYTE = 1_048_576;
const mount = mkdtempSync(path.join(tmpdir(), 'steno-full-'));
// A disk of our own can only be mounted by root; elsewhere the test is skipped.
const canMount = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', mount], { stdio: 'ignore' }).status === 0;
afterAll(() => {
  if (canMount) execFileSync('umount', [mount]);
  rmSync(mount, { recursive: true, force: true });
});

describe.skipIf(!canMount)('a disk of 24 MiB', () => {
  test.each([1, 2, 3, 4])(
    'filled up: 503 before the query, nothing acknowledged lost, goes on by itself when room returns (seed %i)',
    async (seed) => {
      const random = createRandom(seed);
      const directory = path.join(mount, `data-${seed}`);
      mkdirSync(directory);
      const ballast = path.join(mount, 'ballast');
      writeFileSync(ballast, Buffer.alloc(Math.floor(random() * 12 * MEBIBYTE)));
      const recorder = await openRecorder({ directory, segmentBytes: 2 * MEBIBYTE, reserveBytes: MEBIBYTE });
      const session = aSession(recorder);
      const sent = new Map<string, string>();
      const late = recorder.open(anIntent(session));
      await late.durable();
      const bodies = async (): Promise<void> => {
        for (;;) {
          const body = Buffer.alloc(Math.floor(random() * 400_000), `${random()}`);
          sent.set(await recordExchange(recorder, session, body), sha256(body));
        }
      };
      await expect(bodies()).rejects.toThrow(RecorderDown);
      expect(recorder.state()).toMatchObject({ ready: false, reason: expect.stringContaining('disk') });
      expect(sent.size).toBeGreaterThan(0);
      const body = Buffer.from('the end of what was under way still fits');
      late.responseHead(200, []);
      await sendBody(late, body);
      await late.end(anEnd(body.length));
      sent.set(late.exchangeId, sha256(body));

      unlinkSync(ballast);
      // The journal itself fills the rest: give it room as an operator would, by a larger disk.
      execFileSync('mount', ['-o', 'remount,size=96m', mount]);
      await expect.poll(() => recorder.state().ready, { timeout: 10_000 }).toBe(true);
      sent.set(await recordExchange(recorder, session, body), sha256(body));
      await recorder.closeSession(session, 'idle');
      await recorder.close();
      const found = await readBack(directory, session);
      for (const [id, digest] of sent) expect(found.get(id)).toMatchObject({ kind: 'end', responseSha256: digest });
      rmSync(directory, { recursive: true });
      execFileSync('mount', ['-o', 'remount,size=24m', mount]);
    },
    60_000,
  );
});
