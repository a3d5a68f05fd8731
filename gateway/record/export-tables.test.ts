import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { createSignerKey } from '../../shared/bundle/ed25519-key.ts';
import { verifyBundle } from '../../shared/bundle/verify-bundle.ts';
import { generateJournal } from '../archive/testing/generate-journal.ts';
import { exportSession } from './export-session.ts';
import { aDirectory } from './testing/an-exchange.ts';

const { directory, remove } = aDirectory();
afterAll(remove);

it('leaves a whole bundle where there is no memory for its tables, and says so', { timeout: 60_000 }, async () => {
  await generateJournal(directory, 3_000);
  const asked = { directory, session: 'latest', exportedBy: 'test', exporterKey: createSignerKey('test/exporter'), derived: true };
  const starved = await exportSession({ ...asked, outputPath: path.join(directory, 'starved.wacz'), tableMemory: '8MB' });
  expect(starved.withoutTables).toMatch(/allocate/);
  const report = await verifyBundle(starved.outputPath, { pinnedKeys: [] });
  expect([report.verdict, report.checks.filter(({ status }) => status === 'failed')]).toEqual(['sound-unknown-key', []]);
  const fed = await exportSession({ ...asked, outputPath: path.join(directory, 'fed.wacz') });
  expect(fed.withoutTables).toBeUndefined();
});
