import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { checkJournal } from './fsck.ts';
import { openRecorder } from './open-recorder.ts';
import { aDirectory } from './testing/an-exchange.ts';

// Faults are injected by strace; without it the test is skipped.
const strace = spawnSync('strace', ['-V'], { stdio: 'ignore' });

/** Records until something fails, then tells what it was, and whether the recorder took another exchange afterwards. */
const child = (directory: string): string => `
  import { openRecorder } from '${path.join(import.meta.dirname, 'open-recorder.ts')}';
  import { aSession, anIntent, recordExchange } from '${path.join(import.meta.dirname, 'testing/an-exchange.ts')}';
  let down = 0;
  let acknowledged = 0;
  try {
    const recorder = await openRecorder({ directory: '${directory}', reserveBytes: 65536, onDown: () => { down += 1; } });
    const session = aSession(recorder);
    try { for (let turn = 0; turn < 200; turn += 1) { await recordExchange(recorder, session, Buffer.alloc(3000, 'x')); acknowledged += 1; } }
    catch (error) {
      let again = 'accepted';
      try { recorder.open(anIntent(session)); } catch (second) { again = second.name; }
      console.log(JSON.stringify({ name: error.name, again, down, acknowledged, ready: recorder.state().ready }));
      process.exit(0);
    }
    console.log(JSON.stringify({ name: 'none', acknowledged }));
  } catch (error) { console.log(JSON.stringify({ name: 'start: ' + error.code, acknowledged })); }
  process.exit(0);
`;

const faults: [call: string, error: string, nth: number][] = [
  ['fdatasync', 'EIO', 5],
  ['fdatasync', 'EIO', 20],
  ['fdatasync', 'ENOSPC', 9],
  ['pwritev,writev', 'EIO', 6],
  ['pwritev,writev', 'EROFS', 15],
];

test.skipIf(strace.error !== undefined).each(faults)(
  'after %s fails with %s (call %i) nothing more is accepted, and the next start is sound',
  (call, error, nth) => {
    const { directory, remove } = aDirectory();
    const script = path.join(directory, 'child.ts');
    writeFileSync(script, child(path.join(directory, 'data')));
    const log = path.join(directory, 'strace.log');
    const run = spawnSync(
      'strace',
      ['-f', '-qq', '-o', log, '-e', `trace=${call}`, '-e', `inject=${call}:error=${error}:when=${nth}`, process.execPath, script],
      { encoding: 'utf8' },
    );
    const outcome = JSON.parse(run.stdout.trim().split('\n').at(-1) ?? '{}');
    expect(readFileSync(log, 'utf8')).toContain('(INJECTED)');
    expect(outcome).toMatchObject({ name: 'RecorderDown', again: 'RecorderDown', down: 1, ready: false });
    return openRecorder({ directory: path.join(directory, 'data') }).then(async (recorder) => {
      await recorder.close();
      expect(checkJournal(path.join(directory, 'data'))).toMatchObject({ exitCode: 0 });
      remove();
    });
  },
  60_000,
);
