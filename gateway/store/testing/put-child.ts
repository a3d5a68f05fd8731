// Puts objects of random size, named by their digest and held, until it is killed. Says each name once it is durable.
import { createHash, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { tell } from '../../record/testing/tell.ts';
import { openFolderStore } from '../folder-store.ts';

const [storeFolder = '', workFolder = ''] = process.argv.slice(2);
const store = await openFolderStore(storeFolder);
tell('ready');
for (let count = 0; ; count += 1) {
  await Promise.all([putOne(count, 0), putOne(count, 1)]);
}

async function putOne(count: number, lane: number): Promise<void> {
  const bytes = randomBytes(Math.floor(Math.random() ** 3 * 3_000_000));
  const file = path.join(workFolder, `source-${lane}`);
  writeFileSync(file, bytes);
  const name = `objects/${count % 7}/${createHash('sha256').update(bytes).digest('hex')}`;
  await store.put(name, file, { legalHold: true });
  tell(name);
}
