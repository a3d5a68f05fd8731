// A real client in a process of its own, whose surroundings are the block that `steno env` prints. Says what happened as JSON.
import { BigQuery } from '@google-cloud/bigquery';
import { GoogleAuth } from 'google-auth-library';

export type Probe = { readonly token?: string; readonly datasets?: readonly string[]; readonly error?: string };

async function probe(): Promise<Probe> {
  const token = process.env['GOOGLE_APPLICATION_CREDENTIALS'] === undefined ? undefined : await signIn();
  try {
    const [datasets] = await new BigQuery().getDatasets({ maxResults: 3, autoPaginate: false });
    return { ...(token === undefined ? {} : { token }), datasets: datasets.map((each) => String(each.id)) };
  } catch (error) {
    return { ...(token === undefined ? {} : { token }), error: (error as Error).message };
  }
}

async function signIn(): Promise<string> {
  const auth = new GoogleAuth({ scopes: ['https://www.googleapis.com/auth/bigquery'] });
  return (await auth.getAccessToken()) ?? '';
}

const said = await probe().catch((error: Error): Probe => ({ error: `The token could not be exchanged: ${error.message}` }));
process.stdout.write(JSON.stringify({ ...said, ...(said.token === undefined ? {} : { token: 'exchanged' }) }));
