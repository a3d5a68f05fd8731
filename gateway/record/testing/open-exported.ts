import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import path from 'node:path';
import type { Bundle, BundleExchange } from '../../../shared/bundle/bundle.ts';
import { createSignerKey } from '../../../shared/bundle/ed25519-key.ts';
import { openBundle } from '../../../shared/bundle/open-bundle.ts';
import { verifyBundle } from '../../../shared/bundle/verify-bundle.ts';
import type { Config } from '../../config.ts';
import { exportSession } from '../export-session.ts';

export type Exported = { readonly snapshot?: boolean; readonly storage?: Config['storage'] };

/** A session as whoever gets its bundle finds it. Throws when the bundle is not sound. */
export async function openExported(directory: string, session: string, { snapshot, storage }: Exported = {}): Promise<Bundle> {
  const outputPath = path.join(directory, `${randomUUID()}.wacz`);
  try {
    const exporterKey = createSignerKey('test/exporter');
    const summary = await exportSession({ directory, session, outputPath, exportedBy: 'test', exporterKey, snapshot, storage });
    const { verdict, checks } = await verifyBundle(outputPath, { pinnedKeys: [summary.writerKey, summary.exporterKey] });
    const faults = checks.filter(({ status }) => status === 'failed' || status === 'missing');
    if (verdict !== 'sound' || faults.length > 0) throw new Error(`The bundle is ${verdict}: ${JSON.stringify(faults, undefined, 1)}`);
    return await openBundle(outputPath);
  } finally {
    rmSync(outputPath, { force: true });
  }
}

export async function exchangesOf(bundle: Bundle): Promise<BundleExchange[]> {
  const all: BundleExchange[] = [];
  for await (const exchange of bundle.exchanges()) all.push(exchange);
  return all;
}
