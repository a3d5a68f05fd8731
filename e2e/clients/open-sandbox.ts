import { createSandbox, type Sandbox, type SandboxOptions } from '../../shared/sandbox/create-sandbox.ts';

export type CountedSandbox = {
  readonly sandbox: Sandbox;
  readonly url: string /** Requests that reached BigQuery so far. */;
  requests(): number;
};

/** A sandbox on a free port of loopback that counts what reaches it. */
export async function openSandbox(options: SandboxOptions): Promise<CountedSandbox> {
  const sandbox = await createSandbox(options);
  let count = 0;
  sandbox.app.addHook('onRequest', async ({ url }) => {
    if (/\/(queries|jobs)\b/.test(url)) count++;
  });
  const url = await sandbox.listen({ host: '127.0.0.1', port: 0 });
  return { sandbox, url, requests: () => count };
}

/** `acme.shop.numbers` of 5,000 rows, `acme.hr.salaries` that nobody may read, and `acme.scratch`. */
export async function seed({ engine }: Sandbox): Promise<void> {
  const run = (sql: string) => engine.query({ sql, projectId: 'acme' });
  for (const datasetId of ['shop', 'hr', 'scratch'])
    await engine.catalog.createDataset({ datasetReference: { projectId: 'acme', datasetId } });
  await run('CREATE TABLE shop.numbers AS SELECT n FROM UNNEST(GENERATE_ARRAY(1, 5000)) AS n');
  await run('CREATE TABLE hr.salaries AS SELECT 100 AS amount');
}
