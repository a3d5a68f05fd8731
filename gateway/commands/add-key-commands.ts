import type { Command } from 'commander';
import { withConfig, withPerson } from './recurring-options.ts';
import type { RotateOptions } from './rotate-keys.ts';

/** The keys that sign recordings and tokens. */
export function addKeyCommands(program: Command): void {
  const keys = program
    .command('keys')
    .enablePositionalOptions()
    .description("print the gateway's public keys, for investigators to pin; or rotate them, or write a trust root")
    .option('--config <file>', 'steno.yaml')
    .action(async (options: { config?: string }) => {
      if (options.config === undefined) throw new Error("error: required option '--config <file>' not specified");
      await (await import('./show-keys.ts')).showKeys(options.config);
    });

  withConfig(withPerson(keys.command('rotate')))
    .description('make a new signing key: a running gateway takes it within a second, one that is down at its next start')
    .option('--overlap-hours <hours>', 'how long the old key signs beside the new one before it is destroyed; 24 unless told', Number)
    .option('--reason <text>', 'why; recorded')
    .option('--json', 'as JSON')
    .action(async (options: RotateOptions) => (await import('./rotate-keys.ts')).rotateKeys(options));

  withConfig(keys.command('trust-root'))
    .description(
      'write the keys of this gateway with the time they are valid, for `steno verify --trust`; what the file says already stays',
    )
    .option('-o, --output <file>', 'the file', 'trust.json')
    .action(async (options: { config: string; output: string }) => (await import('./write-trust-root.ts')).writeTrustRoot(options));

  const tokenKeys = program
    .command('token-keys')
    .description('the keys of the tokens that the gateway itself issues; they change by themselves (tokenKeys.rotateDays)');

  withConfig(tokenKeys.command('rotate'))
    .option('--end-old', 'after a leak: at once, and every token issued before ends')
    .description('have the running gateway change its key now')
    .action(async (options: { config: string; endOld?: true }) =>
      (await import('./rotate-token-keys.ts')).rotateTokenKeys(options.config, options.endOld === true),
    );
}
