import type { Command } from 'commander';
import { withConfig } from './recurring-options.ts';

/** Whether all is there: of the log, of the journal, of the store. */
export function addCheckCommands(program: Command): void {
  withConfig(program.command('coverage'))
    .description('write the part of the log that shows what was recorded between two instants, for `steno verify`')
    .requiredOption('--from <instant>', 'such as 2026-03-01T00:00:00Z')
    .requiredOption('--to <instant>', 'such as 2026-03-02T00:00:00Z')
    .requiredOption('-o, --output <file>', 'the window, FILE.json')
    .action(async (options: { config: string; from: string; to: string; output: string }) =>
      (await import('./write-coverage.ts')).writeCoverage(options),
    );

  program
    .command('fsck')
    .argument('<directory>', "the gateway's data directory")
    .description('check a journal, read-only: exit 0 sound, 1 a torn tail that a restart repairs, 2 damaged')
    .action(async (directory: string) => (await import('./check-journal.ts')).checkJournal(directory));

  const store = program.command('store').description('where sealed recordings are kept');

  withConfig(store.command('verify'))
    .description('read every recording in the store and hold it against what was sealed: exit 0 all are whole, 1 not')
    .option('--json', 'as JSON, a line for each recording')
    .action(async (options: { config: string; json?: true }) => (await import('./verify-recordings.ts')).verifyRecordings(options));

  withConfig(store.command('check'))
    .description('prove the store from this machine, with objects that are deleted again: exit 0 it does all that is needed of it, 1 not')
    .option('--json', 'as JSON, a line for each check')
    .action(async (options: { config: string; json?: true }) => (await import('./check-store.ts')).checkStoreOf(options));
}
