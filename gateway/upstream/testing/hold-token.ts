// `node --expose-gc hold-token.ts DIRECTORY`: a token that ends after a second, and the heap before and after. The secret itself goes to a file.
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { writeHeapSnapshot } from 'node:v8';
import { RefreshedCredential } from '../refreshed-credential.ts';

const directory = process.argv[2]!;
const credential = new RefreshedCredential(async () => {
  const token = randomBytes(24).toString('hex');
  writeFileSync(join(directory, 'secret'), token);
  return { token, expiresAt: Date.now() + 1000 };
});
await credential.authorization();
for (const name of ['during', 'after']) {
  globalThis.gc?.();
  writeHeapSnapshot(join(directory, name));
  await setTimeout(1500);
}
// Still in use, so that it is not the credential itself that was collected.
if (!(credential instanceof RefreshedCredential)) throw new Error('unreachable');
