import { existsSync } from 'node:fs';
import path from 'node:path';
import { checkJournal as inspectJournal } from '../record/fsck.ts';
import { journalFolder } from '../record/list-segments.ts';

const verdicts = { 0: 'sound', 1: 'a torn tail, which the next start cuts off by itself', 2: 'damaged: a human must look' } as const;

/** Prints what a journal holds and sets the exit code: 0 sound, 1 a torn tail, 2 damaged. Writes nothing. */
export async function checkJournal(directory: string): Promise<void> {
  if (!existsSync(directory)) throw new Error(`There is no folder ${directory}.`);
  // Nothing is sound about a journal that is not there.
  if (!existsSync(journalFolder(directory)))
    throw new Error(
      `${path.resolve(directory)} holds no journal. Name the folder that dataDirectory says in the configuration: journal/ is in it.`,
    );
  const { exitCode, segments, bytes, findings } = inspectJournal(directory);
  for (const finding of findings) console.log(finding);
  console.log(`${segments} segments, ${bytes.toLocaleString('en')} bytes: ${verdicts[exitCode]}`);
  process.exitCode = exitCode;
}
