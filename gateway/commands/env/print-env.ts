import { resolve } from 'node:path';
import picocolors from 'picocolors';
import type { Doors } from '../../doors/describe-doors.ts';
import { checkDoors, type DoorCheck } from './check-doors.ts';
import { type DoorName, doorNames, offers, type Shell, toShellBlock, toVariables } from './env-block.ts';
import { fetchDoors } from './fetch-doors.ts';
import { defaultRootsFile, writeRootsFile } from './roots-file.ts';

export type EnvOptions = {
  readonly door?: string;
  readonly credentials?: string;
  readonly project?: string;
  readonly ca?: string;
  readonly roots?: string;
  readonly shell: string;
  readonly check?: true;
};

/** Prints the variables that lead a client through the gateway, or proves with a real client that they do (exit code 1 when not). */
export async function printEnv(gateway: string, options: EnvOptions): Promise<void> {
  const door = oneOf(options.door, doorNames, '--door');
  const shell = oneOf(options.shell, ['sh', 'fish', 'powershell'] as const, '--shell') as Shell;
  const doors = await fetchDoors(gateway, options.ca);
  const chosen = {
    credentialFile: options.credentials && resolve(options.credentials),
    project: options.project,
    rootsFile: prepareRoots(doors, options),
  };
  if (options.check) return report(await checkDoors(doors, chosen, door));
  const wanted: DoorName = door ?? 'direct';
  if (!offers(doors, wanted))
    throw new Error(`${gateway} does not offer the ${wanted} door: ${doorNames.filter((each) => offers(doors, each)).join(', ')}.`);
  console.log(toShellBlock(toVariables(doors, { door: wanted, ...chosen }), shell));
}

function prepareRoots({ certificateAuthority }: Doors, { roots }: EnvOptions): string | undefined {
  if (certificateAuthority === undefined) return undefined;
  const path = resolve(roots ?? defaultRootsFile());
  writeRootsFile(path, certificateAuthority);
  return path;
}

function report(checks: readonly DoorCheck[]): void {
  const marks = { ok: picocolors.green('ok'), failed: picocolors.red('failed'), 'not offered': picocolors.dim('–') };
  for (const { door, status, detail } of checks) console.log(`${door.padEnd(9)} ${marks[status]}  ${detail}`);
  if (checks.some(({ status }) => status === 'failed')) process.exitCode = 1;
}

function oneOf<Word extends string>(given: string | undefined, words: readonly Word[], flag: string): Word | undefined {
  if (given === undefined || (words as readonly string[]).includes(given)) return given as Word | undefined;
  throw new Error(`${flag} is one of ${words.join(', ')}.`);
}
