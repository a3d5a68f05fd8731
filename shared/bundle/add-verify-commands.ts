import type { Command } from 'commander';
import type { VerifyCommand } from './run-verify.ts';

/** Evidence, and whom to believe. */
export function addVerifyCommands(program: Command): void {
  program
    .command('verify')
    .argument('<files...>', 'FILE.wacz; several, to see whether they are of one log; a receipt; a window of `steno coverage`')
    .description('check evidence: exit 0 sound and signed by a known key, 1 sound but the key is unknown or there are gaps, 2 not sound')
    .option('--key <vkey...>', 'accept this public key too, as `steno keys` prints it')
    .option('--identity <files...>', 'files with age identities, for FILE.wacz.age')
    .option('--trust <file>', 'trust.json: keys with their time, witnesses, time-stamping authorities')
    .option('--covers <instants...>', 'of a window: FROM TO, if not all of it')
    .option('--bundles <directory>', 'of a window: which of its sessions are missing among these bundles')
    .option('--json', 'as JSON')
    .action(async (files: string[], options: VerifyCommand) => (await import('./run-verify.ts')).runVerify(files, options));

  program
    .command('pin')
    .argument('<vkey>', 'a public key, as `steno keys` prints it')
    .argument('[comment...]', 'whose it is')
    .description('trust a signer from now on: its bundles verify with exit 0')
    .action(async (key: string, comment: string[]) => (await import('./pinned-keys.ts')).pinKey(key, comment.join(' ')));
}
