import { execFile } from 'node:child_process';
import { join } from 'node:path';
import type { Doors } from '../../doors/describe-doors.ts';
import { type DoorName, doorNames, type EnvChoice, offers, toVariables } from './env-block.ts';
import type { Probe } from './probe-door.ts';

export type DoorCheck = { readonly door: DoorName; readonly status: 'ok' | 'failed' | 'not offered'; readonly detail: string };

const patienceMs = 60_000;

/** Sends a real client through each door, with nothing but the door's own block around it. */
export async function checkDoors(doors: Doors, choice: Omit<EnvChoice, 'door'>, only: DoorName | undefined): Promise<readonly DoorCheck[]> {
  const checks: DoorCheck[] = [];
  for (const door of only === undefined ? doorNames : [only]) checks.push(await checkDoor(doors, { ...choice, door }));
  return checks;
}

async function checkDoor(doors: Doors, choice: EnvChoice): Promise<DoorCheck> {
  const { door } = choice;
  if (!offers(doors, door)) return { door, status: 'not offered', detail: 'the gateway does not offer it' };
  const variables = Object.fromEntries(toVariables(doors, choice).map(({ name, value }) => [name, value]));
  const said = await runProbe({ PATH: process.env['PATH'], HOME: process.env['HOME'], ...variables });
  return { door, ...judge(said) };
}

/** An answer of BigQuery's kind proves the door, also when policy says no. */
function judge({ token, datasets, error = '' }: Probe): Pick<DoorCheck, 'status' | 'detail'> {
  const signedIn = token === undefined ? '' : 'token exchanged, ';
  if (datasets !== undefined)
    return { status: 'ok', detail: `${signedIn}datasets: ${datasets.length === 0 ? 'none to see' : datasets.join(', ')}` };
  if (/^Access Denied:/.test(error)) return { status: 'ok', detail: `${signedIn}and policy says: ${error}` };
  return { status: 'failed', detail: error };
}

function runProbe(env: NodeJS.ProcessEnv): Promise<Probe> {
  const file = join(import.meta.dirname, 'probe-door.ts');
  return new Promise((resolve) => {
    execFile(process.execPath, ['--disable-warning=ExperimentalWarning', file], { env, timeout: patienceMs }, (error, output, log) => {
      if (output.startsWith('{')) resolve(JSON.parse(output) as Probe);
      else
        resolve({
          error: error?.killed === true ? `no answer within ${patienceMs / 1000} seconds` : (log.trim().split('\n').at(-1) ?? 'no answer'),
        });
    });
  });
}
