import { resolve } from 'node:path';
import closeWithGrace from 'close-with-grace';
import { createSandbox, type Sandbox } from './create-sandbox.ts';
import { loadFolder } from './seed/load-folder.ts';
import { seedShop } from './seed/seed-shop.ts';

export type SandboxCommand = {
  readonly port: number;
  readonly project: string;
  readonly data?: string;
  readonly seed?: string;
  readonly shop?: boolean;
  /** Tables of Google's public samples, by their public names. */
  readonly publicData?: boolean;
};

/** Serves a mock BigQuery on 127.0.0.1 until Ctrl+C. */
export async function runSandbox(options: SandboxCommand): Promise<void> {
  const startedAt = performance.now();
  const { data, seed, publicData } = options;
  const sandbox = await createSandbox({ ...(data !== undefined && { directory: resolve(data) }), ...(publicData && { publicData }) });
  if (seed !== undefined) await seedFolder(sandbox, options.project, resolve(seed));
  const shop = options.shop ? ` with a shop of ${sumRows(await seedShop(sandbox.engine, { projectId: options.project }))} rows` : '';
  const url = await sandbox.listen({ host: '127.0.0.1', port: options.port });
  console.log(`Mock BigQuery: ${url}${shop} (ready in ${((performance.now() - startedAt) / 1000).toFixed(1)} s)`);
  closeWithGrace({ delay: 10_000 }, () => sandbox.close());
}

/** A folder that does not load ends the sandbox: half a seed would only look like one. */
async function seedFolder(sandbox: Sandbox, project: string, folder: string): Promise<void> {
  try {
    for (const { table, rows } of await loadFolder(sandbox.engine, project, folder)) console.log(`Seeded ${table}: ${rows} rows`);
  } catch (error) {
    await sandbox.close();
    throw error;
  }
}

const sumRows = (tables: Readonly<Record<string, bigint>>): string =>
  Object.values(tables)
    .reduce((sum, rows) => sum + rows, 0n)
    .toLocaleString('en');
