import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { toSignerKey } from '../ed25519-key.ts';
import { bundlePaths } from '../format.ts';
import type { Check, Verification } from '../verification.ts';
import { verifyBundle } from '../verify-bundle.ts';
import type { ReceiptVerification } from '../verify-receipt.ts';
import { forgeBundle, packIndex } from './forge-bundle.ts';
import { mutateBundle } from './mutate-bundle.ts';

export const forger = toSignerKey('mallory.example', Buffer.alloc(32, 13));

export type Disagreement = { readonly name: string; readonly typescript: string; readonly python: string };

/** Damages `source` `runs` times, half of them inside its files with a manifest that fits again, and asks both verifiers. */
export async function compareVerifiers(
  source: string,
  folder: string,
  runs: number,
  random: () => number,
  pinnedKeys: readonly string[],
  inThreads = false,
): Promise<{ readonly sound: string[]; readonly disagreements: Disagreement[] }> {
  const whole = readFileSync(source);
  const names = new Map<string, string>();
  for (let run = 0; run < runs; run += 1) {
    const file = path.join(folder, `compared-${run}.wacz`);
    names.set(file, run % 2 === 0 ? writeMutation(file, whole, random) : await writeForgery(file, source, random));
  }
  const python = verifyInPython([...names.keys()], pinnedKeys);
  const sound: string[] = [];
  const disagreements: Disagreement[] = [];
  for (const [file, name] of names) {
    const verification = await verifyBundle(file, { pinnedKeys, inThreads }).catch((error: unknown) => {
      throw new Error(`The verifier fell over "${name}"`, { cause: error });
    });
    // The custody log is what the exporter says: under his signature he may say what he likes.
    if (verification.verdict !== 'not-sound' && !name.includes('custody')) sound.push(name);
    const [typescript, other] = [summaryOf(verification), summaryOf(python.get(file)!)];
    if (typescript !== other) disagreements.push({ name, typescript, python: other });
    rmSync(file);
  }
  return { sound, disagreements };
}

function writeMutation(file: string, whole: Buffer, random: () => number): string {
  const { name, bytes } = mutateBundle(whole, random);
  writeFileSync(file, bytes);
  return name;
}

/** One changed, inserted or removed byte in one of the files, everything around it made to fit. */
async function writeForgery(file: string, source: string, random: () => number): Promise<string> {
  let name = '';
  await forgeBundle(source, file, forger, (members) => {
    const paths = [...members.keys()].filter((one) => !one.startsWith('datapackage') && !one.includes('dsse') && !one.startsWith('pages'));
    const member = paths[Math.floor(random() * paths.length)]!;
    const content = members.get(member)!;
    const at = Math.floor(random() * content.length);
    const [kept, byte] = [Math.floor(random() * 3), Math.floor(random() * 256)];
    const skip = kept === 1 ? 0 : 1;
    const put = kept === 2 ? [] : [byte === content[at] ? byte ^ 1 : byte];
    const twice = random() < 0.1 ? repeatMember(content, at) : undefined;
    const changed = twice ?? Buffer.concat([content.subarray(0, at), Buffer.from(put), content.subarray(at + skip)]);
    if (member === bundlePaths.index && content.length > 0) {
      name = forgeIndex(members, gunzipSync(content), random);
      return;
    }
    // The header of a gzip member has bytes that say nothing about its content; changing those is no forgery.
    members.set(member, isSameArchive(content, changed) ? Buffer.alloc(content.length, 0x20) : changed);
    const how = twice === undefined ? ['change', 'insert', 'remove'][kept] : 'repeat the member after';
    name = `${how} byte ${at} of ${member} (${byte})`;
  });
  return name;
}

/** Lets the next member of an object stand twice, first with another value. `undefined`: there is none. */
function repeatMember(content: Buffer, at: number): Buffer | undefined {
  const text = content.toString('latin1');
  const found = /[{,]("[A-Za-z-]+"):/.exec(text.slice(at));
  if (found === null) return undefined;
  const place = at + found.index + 1;
  return Buffer.from(`${text.slice(0, place)}${found[1]}:"forged",${text.slice(place)}`, 'latin1');
}

/** Inside the blocks of the index. */
function forgeIndex(members: Map<string, Buffer>, text: Buffer, random: () => number): string {
  const at = Math.floor(random() * text.length);
  const byte = (text[at]! + 1 + Math.floor(random() * 255)) & 0xff;
  packIndex(members, Buffer.concat([text.subarray(0, at), Buffer.of(byte), text.subarray(at + 1)]));
  return `change byte ${at} of the index (${byte})`;
}

function isSameArchive(before: Buffer, after: Buffer): boolean {
  try {
    return gunzipSync(before).equals(gunzipSync(after));
  } catch {
    return false;
  }
}

type PythonResult = { readonly path: string; readonly verdict: string; readonly checks: readonly Pick<Check, 'name' | 'status'>[] };

export function verifyInPython(files: readonly string[], pinnedKeys: readonly string[], trustFile?: string): Map<string, PythonResult> {
  const keys = [...pinnedKeys.flatMap((key) => ['--key', key]), ...(trustFile === undefined ? [] : ['--trust', trustFile])];
  const script = path.join(import.meta.dirname, '../verify.py');
  const run = spawnSync('python3', [script, '--json', ...keys, ...files], { encoding: 'utf8', maxBuffer: 1 << 30 });
  if (run.stdout === '') throw new Error(`verify.py stumbled: ${run.stderr.slice(-2_000)}`);
  const said = JSON.parse(run.stdout) as PythonResult | Readonly<Record<'bundles' | 'receipts' | 'windows', readonly PythonResult[]>>;
  const results = 'verdict' in said ? [said] : [...said.bundles, ...(said.receipts ?? []), ...(said.windows ?? [])];
  return new Map(results.map((result) => [result.path, result]));
}

/** What verify.py says of a window of a log. */
export function verifyWindowInPython(
  file: string,
  pinnedKeys: readonly string[],
  question: { readonly from?: string | undefined; readonly to?: string | undefined; readonly bundles?: readonly string[] | undefined },
): unknown {
  const { from, to, bundles } = question;
  const covers = from === undefined || to === undefined ? [] : ['--covers', from, to];
  const given = bundles === undefined ? [] : bundles.flatMap((bundle) => ['--bundle', bundle]);
  const script = path.join(import.meta.dirname, '../verify.py');
  const keys = pinnedKeys.flatMap((key) => ['--key', key]);
  const run = spawnSync('python3', [script, '--json', ...keys, ...covers, ...given, file], { encoding: 'utf8', maxBuffer: 1 << 30 });
  if (run.stdout === '') throw new Error(`verify.py stumbled: ${run.stderr.slice(-2_000)}`);
  return JSON.parse(run.stdout);
}

const gravity = ['passed', 'skipped', 'missing', 'failed'];

/** The verdict, and of each check the worst that it said. */
export function summaryOf({ verdict, checks }: Pick<PythonResult | Verification | ReceiptVerification, 'verdict' | 'checks'>): string {
  const worst = new Map<string, number>();
  for (const { name, status } of checks) worst.set(name, Math.max(worst.get(name) ?? 0, gravity.indexOf(status)));
  const faults = [...worst].filter(([, index]) => index > 0).map(([name, index]) => `${name} ${gravity[index]}`);
  return `${verdict}: ${faults.sort().join(', ')}`;
}
