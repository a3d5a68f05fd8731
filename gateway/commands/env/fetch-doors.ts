import { readFileSync } from 'node:fs';
import { Agent, fetch } from 'undici';
import { type Doors, doorsPath, doorsSchema } from '../../doors/describe-doors.ts';

/** Asks a gateway for its doors. Throws a sentence with the remedy. */
export async function fetchDoors(gateway: string, caFile: string | undefined): Promise<Doors> {
  const url = URL.parse(gateway);
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new Error(`${gateway} is no address: give the gateway's, such as https://bigquery.example.com.`);
  const dispatcher = caFile === undefined ? undefined : new Agent({ connect: { ca: readFileSync(caFile) } });
  const answer = await fetch(new URL(doorsPath, url), {
    signal: AbortSignal.timeout(15_000),
    ...(dispatcher === undefined ? {} : { dispatcher }),
  }).catch((error: Error) => {
    throw new Error(`${url.origin} cannot be reached: ${explain(error)}.`);
  });
  const doors = doorsSchema.safeParse(await answer.json().catch(() => undefined));
  await dispatcher?.close();
  if (!doors.success) throw new Error(`${url.origin} answers, but is no Steno gateway (${answer.status} at ${doorsPath}).`);
  return doors.data;
}

const untrusted = /SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER/;

/** In words, what kept a connection from standing. */
function explain(error: Error): string {
  const { code = '', message } = (error.cause ?? error) as NodeJS.ErrnoException;
  if (untrusted.test(code)) return `its certificate is signed by a CA that this machine does not trust; name it with --ca FILE (${code})`;
  if (code === 'ECONNREFUSED') return 'the connection was refused: does the gateway run, and listen there?';
  if (code === 'ENOTFOUND') return 'its name is unknown here';
  if (error.name === 'TimeoutError') return 'it did not answer within 15 seconds';
  return `${message}${code === '' || message.includes(code) ? '' : ` (${code})`}`;
}
