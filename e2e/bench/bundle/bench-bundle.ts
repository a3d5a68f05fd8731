// What bundles cost: making them, checking them, finding one body in them. `--sizes 10000,100000,1000000` exchanges (10000,100000 unless told; none),
// `--mixed N` exchanges of an agent's session (1,000 unless told), `--large N` GB of one body, `--folder DIR` for its files (about 9 KB an exchange).
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { printTable } from '../print-table.ts';
import { numberAfter } from '../rounds.ts';

type Figures = { readonly ms: number; readonly cpuMs: number; readonly peakMb: number } & Readonly<Record<string, number | string>>;
type StepName = 'generate' | 'export' | 'seal' | 'exportSealed' | 'tables' | 'load' | 'verify' | 'hash' | 'extract' | 'bodies';
type Measured = Readonly<Record<StepName, Figures>> & { readonly ndjson: Figures | undefined };

/** Above it the bodies take too long to gather; what one exchange takes does not depend on how many there are. */
const MAX_NDJSON = 20_000;

async function run(args: readonly string[]): Promise<void> {
  const wanted = textAfter(args, '--sizes') ?? '10000,100000';
  const sizes = wanted === 'none' ? [] : wanted.split(',').map(Number);
  const folder = textAfter(args, '--folder') ?? mkdtempSync(path.join(tmpdir(), 'steno-bench-bundle-'));
  const large = numberAfter(args, '--large');
  const mixed = numberAfter(args, '--mixed') ?? 1_000;
  try {
    const all: [number, Measured][] = [];
    for (const size of sizes) all.push([size, await measure(path.join(folder, String(size)), size)]);
    if (all.length > 0) {
      printSizes(all);
      printGoals(all);
    }
    if (mixed > 0) await measureMixed(path.join(folder, 'mixed'), mixed);
    if (large !== undefined) await measureLarge(path.join(folder, 'large'), large * 1_000_000_000);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure(folder: string, size: number): Promise<Measured> {
  mkdirSync(folder, { recursive: true });
  const data = path.join(folder, 'data');
  const bundle = path.join(folder, 'before.wacz');
  const generate = await step('generate', data, bundle, size);
  const exported = await step('export', data, bundle, size);
  const seal = await step('seal', data, bundle, size);
  const sealedBundle = path.join(folder, 'after.wacz');
  const exportSealed = await step('export', data, sealedBundle, size);
  rmSync(sealedBundle);
  const withTables = path.join(folder, 'tables.wacz');
  const tables = await step('tables', data, withTables, size);
  rmSync(data, { recursive: true });
  const load = await step('load', data, withTables, size);
  rmSync(withTables);
  // The first reading is from the disk for whoever comes first.
  await step('hash', data, bundle, size);
  const [hash, extract, verify] = [
    await step('hash', data, bundle, size),
    await step('extract', data, bundle, size),
    await step('verify', data, bundle, size),
  ];
  const bodies = await step('bodies', data, bundle, size);
  const ndjson = size > MAX_NDJSON ? undefined : await step('ndjson', data, bundle, size);
  rmSync(folder, { recursive: true });
  return { generate, export: exported, seal, exportSealed, tables, load, verify, hash, extract, bodies, ndjson };
}

async function measureLarge(folder: string, bytes: number): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const data = path.join(folder, 'data');
  const rows: string[][] = [];
  for (const [name, kind, file] of [
    ['record', 'generate-large', 'x'],
    ['export from the journal', 'export', 'before.wacz'],
    ['seal', 'seal', 'x'],
    ['export what is sealed', 'export', 'after.wacz'],
    ['verify', 'verify', 'after.wacz'],
  ] as const) {
    const { ms, peakMb } = await step(kind, data, path.join(folder, file), bytes);
    rows.push([name, (ms / 1_000).toFixed(1), peakMb.toFixed(0), (bytes / 1_000 / ms).toFixed(0)]);
    if (kind === 'seal') rmSync(path.join(folder, 'before.wacz'));
  }
  printTable(`One body of ${bytes / 1_000_000_000} GB`, ['step', 'seconds', 'peak MB', 'MB/s'], rows);
}

function printSizes(all: readonly (readonly [number, Measured])[]): void {
  const rows = all.flatMap(([size, measured]) =>
    (['generate', 'export', 'seal', 'exportSealed', 'tables', 'verify', 'extract', 'hash'] as const).map((name) => {
      const { ms, cpuMs, peakMb } = measured[name];
      return [
        `${size} ${name}`,
        (ms / 1_000).toFixed(1),
        ((ms * 1_000) / size).toFixed(0),
        ((cpuMs * 1_000) / size).toFixed(0),
        peakMb.toFixed(0),
      ];
    }),
  );
  printTable('Steps', ['exchanges, step', 'seconds', 'µs/exchange', 'CPU µs/exchange', 'peak MB'], rows);
}

/** Each figure beside its goal. */
function printGoals(all: readonly (readonly [number, Measured])[]): void {
  const rows = all.flatMap(([size, { hash, extract, verify, load, tables, bodies, ndjson }]) => {
    // Hashing alone: what a process needs to start is in both.
    const hashMs = Number(hash['hashMs']);
    const contentMs = (hashMs * Number(extract['contentBytes'])) / Number(hash['bytes']);
    return [
      [`${size}: extract and check parts ÷ sha256 of the bundle`, (Number(extract['workMs']) / hashMs).toFixed(2), '≤ 2.5'],
      [
        `${size}: sha256 of the uncompressed bytes ÷ whole verification (speed ratio)`,
        (contentMs / Number(verify['workMs'])).toFixed(2),
        '≥ 0.4',
      ],
      [`${size}: loading tables ÷ DuckDB's own copy of them`, toRatio(load, 'loadMs', 'copyMs'), '≤ 1.5'],
      [`${size}: the same, processor time`, toRatio(load, 'loadCpuMs', 'copyCpuMs'), '≤ 1.5'],
      [`${size}: rebuilding tables from the records ÷ loading them`, toRatio(load, 'rebuildMs', 'loadMs'), ''],
      [`${size}: one body by id, ms`, Number(bodies['warmMs']).toFixed(2), '≤ 20'],
      // Opening copies the file, so that nobody changes it under the reader.
      [`${size}: opening the bundle and one body by id, ms`, Number(bodies['coldMs']).toFixed(1), ''],
      ...(ndjson === undefined ? [] : ratioRows(`${size} answers of 600 bytes`, Number(hash['bytes']), Number(tables['bytes']), ndjson)),
    ];
  });
  const [before, after] = all.slice(-2);
  if (before !== undefined && after !== undefined && before[0] * 10 === after[0]) rows.push(...compareSizes(before, after));
  printTable('Goals', ['figure', 'measured', 'goal'], rows);
}

/** As the goal has it, and with everything else that a bundle holds: leaves, disclosures, salts, index. Tables hold once more what records and answers say. */
function ratioRows(what: string, bytes: number, withTables: number, ndjson: Figures): string[][] {
  const archive = Number(ndjson['archive']);
  const row = (part: string, size: number, goal: string): string[] => [
    `${what}: ${part} ÷ zstd-1 of the same as NDJSON, bytes`,
    (size / Number(ndjson['packed'])).toFixed(2),
    goal,
  ];
  return [
    row('WARC', archive, '≤ 1.6'),
    row('WARC and tables', archive + withTables - bytes, '≤ 1.6'),
    row('bundle without tables', bytes, '≤ 1.6'),
    row('bundle', withTables, ''),
  ];
}

/** What an agent's session weighs: answers of many shapes and sizes. */
async function measureMixed(folder: string, exchanges: number): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const [data, bundle, withTables] = [path.join(folder, 'data'), path.join(folder, 'mixed.wacz'), path.join(folder, 'tables.wacz')];
  await step('generate-mixed', data, bundle, exchanges);
  const { bytes } = await step('export', data, bundle, exchanges);
  const tables = await step('tables', data, withTables, exchanges);
  const ndjson = await step('ndjson', data, bundle, exchanges);
  printTable('Bytes', ['figure', 'measured', 'goal'], ratioRows(`${exchanges} mixed`, Number(bytes), Number(tables['bytes']), ndjson));
}

function compareSizes([size, small]: readonly [number, Measured], [, big]: readonly [number, Measured]): string[][] {
  return [
    ...(['export', 'seal', 'exportSealed', 'tables', 'verify'] as const).map((name) => [
      `${name}: processor time(${size * 10}) ÷ (${size})`,
      (big[name].cpuMs / small[name].cpuMs).toFixed(1),
      '≤ 11',
    ]),
    ...(['export', 'seal', 'exportSealed', 'tables', 'verify'] as const).map((name) => [
      `${name}: peak memory(${size * 10}) ÷ peak memory(${size})`,
      (big[name].peakMb / small[name].peakMb).toFixed(2),
      '≤ 1.2',
    ]),
    [
      `loading tables: processor time(${size * 10}) ÷ (${size})`,
      (Number(big.load['loadCpuMs']) / Number(small.load['loadCpuMs'])).toFixed(1),
      '≤ 11',
    ],
    [`one body by id (${size * 10}) ÷ (${size})`, (Number(big.bodies['warmMs']) / Number(small.bodies['warmMs'])).toFixed(2), '≤ 1.5'],
  ];
}

const toRatio = (figures: Figures, above: string, below: string): string => (Number(figures[above]) / Number(figures[below])).toFixed(2);

async function step(name: string, data: string, bundle: string, count: number): Promise<Figures> {
  const script = path.join(import.meta.dirname, 'bundle-step.ts');
  // The thread that seals has a small heap too.
  const heap = ['export', 'tables', 'seal'].includes(name) ? ['--import', path.join(import.meta.dirname, 'small-heap.ts')] : [];
  const child = spawn(process.execPath, [...heap, '--disable-warning=ExperimentalWarning', script, name, data, bundle, String(count)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  for await (const piece of child.stdout.setEncoding('utf8')) output += piece;
  const line = output.trim().split('\n').at(-1) ?? '';
  if (!line.startsWith('{')) throw new Error(`The step ${name} of ${count} failed: ${output}`);
  console.error(`${name} ${count}: ${line}`);
  return JSON.parse(line) as Figures;
}

function textAfter(args: readonly string[], flag: string): string | undefined {
  const at = args.indexOf(flag);
  return at < 0 ? undefined : args[at + 1];
}

await run(process.argv.slice(2));
