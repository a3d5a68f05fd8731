// `npm run bench -- sql [parse|overhead|start|load] [--rows N] [--rounds N] [--only NAME]`: all of them unless told.
import { benchLoad } from './bench-load.ts';
import { benchOverhead } from './bench-overhead.ts';
import { benchParse } from './bench-parse.ts';
import { benchStart } from './bench-start.ts';

async function run(args: readonly string[]): Promise<void> {
  const rounds = Number(valueAfter(args, '--rounds') ?? 5);
  const rows = Number(valueAfter(args, '--rows') ?? 10_000_000);
  const sections = {
    parse: benchParse,
    overhead: () => benchOverhead(rows, rounds, valueAfter(args, '--only')),
    start: () => benchStart(rounds),
    load: () => benchLoad(rows),
  };
  const wanted = Object.entries(sections).filter(([name], _, all) => !all.some(([each]) => args.includes(each)) || args.includes(name));
  for (const [, section] of wanted) await section();
}

function valueAfter(args: readonly string[], flag: string): string | undefined {
  const at = args.indexOf(flag);
  return at < 0 ? undefined : args[at + 1];
}

if (import.meta.main) await run(process.argv.slice(2));
