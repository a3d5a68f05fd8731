import type { Command } from 'commander';
import type { ExportCommand } from './export-bundle.ts';
import { parseRowBytes } from './parse-row-bytes.ts';
import { withConfig } from './recurring-options.ts';

/** The gateway itself, and what it recorded. */
export function addRecordingCommands(program: Command): void {
  withConfig(program.command('gateway'))
    .description('run the recording gateway')
    .action(async (options: { config: string }) => (await import('./run-gateway.ts')).runGateway(options.config));

  withConfig(program.command('sessions'))
    .description('list the recorded sessions')
    .option('--json', 'as JSON')
    .action(async (options: { config: string; json?: true }) => (await import('./show-sessions.ts')).showSessions(options));

  withConfig(program.command('close'))
    .argument('<session>', 'id or name of an open session')
    .description('close a session of the running gateway, so that it can be exported')
    .action(async (session: string, options: { config: string }) =>
      (await import('./close-session.ts')).closeSession(session, options.config),
    );

  withConfig(program.command('export'))
    .argument('<session>', "id or name of a session, or 'latest'")
    .description('write a session as a bundle')
    .requiredOption('-o, --output <file>', 'the bundle, FILE.wacz')
    .option('--by <person>', 'who exports; recorded in the bundle', process.env['USER'] ?? 'unknown')
    .option('--reason <text>', 'why; recorded in the bundle')
    .option('--snapshot', 'export a session that is still open, as far as it is recorded')
    .option(
      '--rows <size>',
      'rows of results as tables too: all, none, or up to so much of recorded answers (default 1 GiB)',
      parseRowBytes,
    )
    .option('--recipient <keys...>', 'encrypt to age recipients (age1…), as FILE.wacz.age; may be repeated')
    .option('--recipients-file <file>', 'encrypt to the age recipients of a file')
    .action(async (session: string, options: ExportCommand) => (await import('./export-bundle.ts')).exportBundle(session, options));
}
