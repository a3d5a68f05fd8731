import type { Command } from 'commander';
import { collect, withConfig, withPerson } from '../recurring-options.ts';
import type { EraseOptions } from './erase.ts';
import type { FindValueOptions } from './find-value.ts';
import type { PlaceOptions } from './hold.ts';
import type { ReceiptsOptions } from './receipts.ts';
import type { RedactOptions } from './redact.ts';

/** How long recordings are kept, and what is taken out of them before. */
export function addLifecycleCommands(program: Command): void {
  addRetention(program);
  addHolds(program);
  addRemovals(program);
  addSearch(program);
}

function addRetention(program: Command): void {
  const retention = program.command('retention').description('how long recordings are kept');

  withConfig(retention.command('preview'))
    .description('what would be deleted, when and by which rule, and what a hold keeps')
    .option('--at <date>', 'by then; now unless told')
    .option('--json', 'as JSON')
    .action(async (options: { config: string; at?: string; json?: true }) => (await import('./retention.ts')).previewRetention(options));

  withConfig(withPerson(retention.command('run')))
    .description('delete now what has expired; the running gateway does it by itself')
    .option('--reason <text>', 'why; recorded')
    .option('--json', 'as JSON')
    .action(async (options: { config: string; by: string; reason?: string; json?: true }) =>
      (await import('./retention.ts')).runRetention(options),
    );
}

function addHolds(program: Command): void {
  const hold = program.command('hold').description('legal holds: what they cover is not deleted, redacted or erased');

  withConfig(withPerson(hold.command('place')))
    .argument('<name>', 'what people call it: a case, a matter')
    .description('place a hold; several criteria narrow it down')
    .option('--session <session>', 'id or name of a session')
    .option('--issuer <issuer>', 'of a principal, as in its token')
    .option('--subject <subject>', 'of a principal, as in its token')
    .option('--connection <name>', 'sessions that used this connection')
    .option('--from <date>', 'sessions under way from then')
    .option('--to <date>', 'sessions under way before then')
    .option('--reason <text>', 'why; recorded')
    .option('--json', 'as JSON')
    .action(async (name: string, options: PlaceOptions) => (await import('./hold.ts')).placeHold(name, options));

  withConfig(withPerson(hold.command('lift')))
    .argument('<name>', 'name or id of a standing hold')
    .description('lift a hold; "steno receipts --kind hold" keeps who placed it and who lifted it')
    .option('--reason <text>', 'why; recorded')
    .option('--json', 'as JSON')
    .action(async (name: string, options: { config: string; by: string; reason?: string; json?: true }) =>
      (await import('./hold.ts')).liftHold(name, options),
    );

  withConfig(hold.command('list'))
    .description('the holds that stand: since when, by whom, why, and what they cover')
    .option('--json', 'as JSON')
    .action(async (options: { config: string; json?: true }) => (await import('./hold.ts')).listHolds(options));
}

function addRemovals(program: Command): void {
  withPerson(program.command('redact'))
    .argument('<session>', 'id or name of a closed session, or a bundle, FILE.wacz')
    .description('take values out for good; what is left still verifies')
    .option('--config <file>', 'steno.yaml, for a session in the store')
    .option('-o, --output <file>', 'the new bundle, for a bundle')
    .option('--field <name>', 'sql, parameters, identity or header:NAME; may be repeated', collect, [])
    .option('--column <name>', 'a column of an answer, by name or by place from 0; may be repeated', collect, [])
    .option('--body <side>', 'request or response, of one exchange; may be repeated', collect, [])
    .option('--exchange <number>', 'of this exchange alone; everywhere in the session unless told')
    .option('--reason <text>', 'why; recorded')
    .option('--dry-run', 'change nothing: say what would go, where else the same text stands, and what is in its way (exit 1)')
    .option('--json', 'as JSON')
    .action(async (session: string, options: RedactOptions) => (await import('./redact.ts')).redact(session, options));

  withConfig(withPerson(program.command('erase')))
    .description('destroy the key of a person or an agent: none of its recordings can be read any more, wherever copies lie')
    .requiredOption('--subject <values...>', 'ISSUER SUBJECT, as in the token ("iss", "sub")')
    .requiredOption('--reason <text>', 'why; recorded')
    .option('--close', 'close sessions that are open, instead of refusing')
    .option('--dry-run', 'change nothing: say what would go, and what is in its way (exit 1)')
    .option('--json', 'as JSON')
    .action(async (options: EraseOptions) => (await import('./erase.ts')).erase(options));
}

function addSearch(program: Command): void {
  withConfig(program.command('receipts'))
    .description('every deletion, hold, lifting, redaction and erasure: when, by whom, why, and the file that proves it')
    .option('--kind <kind>', 'retention, hold, redaction or erasure; all unless told')
    .option('--json', 'as JSON')
    .action(async (options: ReceiptsOptions) => (await import('./receipts.ts')).listReceipts(options));

  withConfig(program.command('find-value'))
    .argument('[value]', 'as BigQuery wrote it')
    .description('did this value leave? Tells where, never another value: exit 0 it did, 1 it did not')
    .option('--file <file>', 'the value stands in a file')
    .option('--session <session>', 'id or name of a session; all unless told')
    .option('--json', 'as JSON')
    .action(async (value: string | undefined, options: FindValueOptions) => (await import('./find-value.ts')).findValue(value, options));
}
