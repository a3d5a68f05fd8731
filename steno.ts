#!/usr/bin/env node
// The command line. Each command loads only what it needs, so that `steno verify` never waits for a gateway.
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { Command } from 'commander';
import { keepHeapSmall } from './shared/base/keep-heap-small.ts';

// Hundreds of files of TypeScript are read the first time only; threads learn from the environment where.
process.env['NODE_COMPILE_CACHE'] ??= join(import.meta.dirname, 'node_modules/.cache/steno');
enableCompileCache(process.env['NODE_COMPILE_CACHE']);

// libuv looks when its pool is first used, which is before the sandbox is loaded: this many of its statements can have a thread of their own.
if (['sandbox', 'replay', 'demo'].includes(process.argv[2] ?? '')) process.env['UV_THREADPOOL_SIZE'] ??= '32';

if (['export', 'gateway'].includes(process.argv[2] ?? '')) keepHeapSmall();

const program = new Command('steno')
  .description('Records what agents do in BigQuery, and lets an investigator prove and replay it')
  .version('0.1.0')
  .showHelpAfterError('(steno --help lists the commands)')
  // `keys` and `keys rotate` both take --config.
  .enablePositionalOptions()
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));

(await import('./gateway/commands/add-recording-commands.ts')).addRecordingCommands(program);
(await import('./gateway/commands/add-key-commands.ts')).addKeyCommands(program);
(await import('./gateway/commands/add-check-commands.ts')).addCheckCommands(program);
(await import('./gateway/commands/add-client-commands.ts')).addClientCommands(program);
(await import('./shared/bundle/add-verify-commands.ts')).addVerifyCommands(program);
(await import('./gateway/commands/lifecycle/add-lifecycle-commands.ts')).addLifecycleCommands(program);
(await import('./desktop/host/commands/add-review-commands.ts')).addReviewCommands(program);

program
  .command('sandbox')
  .description('serve a mock BigQuery on DuckDB, on 127.0.0.1')
  .option('--port <number>', 'port', Number, 9050)
  .option('--project <id>', 'project of what is seeded', 'acme-shop')
  .option('--data <directory>', 'keep the data here; in memory unless told')
  .option('--seed <directory>', 'fill it from a folder of DATASET/TABLE.{csv,ndjson,jsonl,parquet,avro}; see below')
  .option('--shop', 'fill in the demo shop, a million rows')
  .option('--public-data', "with tables of Google's public samples")
  .addHelpText(
    'after',
    `
A folder to seed from, read in order of name; a bad file ends the command and is named with its line:
  DATASET/dataset.json         location, description, labels, as datasets.insert takes them
  DATASET/TABLE.csv            a table; also .ndjson .jsonl .parquet .avro, and .gz behind CSV and JSON
  DATASET/TABLE.schema.json    its columns, or a table resource with partitioning and clustering;
                               detected without it, an empty table without data
  DATASET/*.sql, *.sql         scripts, run when the tables are there

gs:// addresses are the sandbox's own: files under DATA/objects/BUCKET/ are objects of BUCKET.`,
  )
  .action(async (options: { port: number; project: string; data?: string; seed?: string; shop?: true; publicData?: true }) =>
    (await import('./shared/sandbox/run-sandbox.ts')).runSandbox(options),
  );

program
  .command('demo')
  .description('the whole story in a minute: issuer, mock BigQuery, gateway, agent, export, verify, review')
  .option('--no-open', 'print the address of the review instead of opening it, and end')
  .option('--folder <directory>', 'where its files land', 'steno-demo')
  .action(async (options: { open: boolean; folder: string }) => (await import('./fixtures/demo/run-demo.ts')).runDemo(options));

try {
  await program.parseAsync();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 2;
}
