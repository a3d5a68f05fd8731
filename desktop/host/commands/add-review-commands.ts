import type { Command } from 'commander';

/** What an investigator does with bundles. */
export function addReviewCommands(program: Command): void {
  program
    .command('review')
    .argument('[bundles...]', 'FILE.wacz …')
    .description('open bundles in the browser, on loopback')
    .option('--no-open', 'print the address only')
    .option('--port <number>', 'port on 127.0.0.1; a free one unless told', Number)
    .option('--idle <minutes>', 'end when nobody looked for so long; never unless told', Number)
    .option('--identity <files...>', 'files with age identities, for FILE.wacz.age')
    .action(async (bundles: string[], options: { open: boolean; port?: number; idle?: number; identity?: string[] }) =>
      (await import('./review.ts')).review(bundles, options),
    );

  program
    .command('diff')
    .argument('<bundle>', 'FILE.wacz')
    .argument('<left>', 'number or id of an exchange')
    .argument('<right>', 'number or id of an exchange')
    .description("show how two exchanges' SQL differs")
    .action(async (bundle: string, left: string, right: string) => (await import('./diff.ts')).diff(bundle, left, right));

  program
    .command('replay')
    .argument('<bundle>', 'FILE.wacz')
    .description('run the statements of a session again, on loopback only')
    .option('--target <target>', 'recorded (answers of the bundle) or recomputed (DuckDB)', 'recorded')
    .option('--json', 'as JSON')
    .action(async (bundle: string, options: { target: string; json?: true }) => (await import('./replay.ts')).replay(bundle, options));
}
