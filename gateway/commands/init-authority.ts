import { join, resolve } from 'node:path';
import { initCertificateAuthority } from '../doors/certificate-authority.ts';

/** Makes the private CA, for BigQuery's names and the given domains only. Throws when the folder holds one already. */
export async function initAuthority(directory: string, domains: readonly string[]): Promise<void> {
  const folder = resolve(directory);
  await initCertificateAuthority(folder, ['googleapis.com', ...domains]);
  console.log(`Certificate for clients: ${join(folder, 'ca.crt')}`);
  console.log(`Key, for the gateway alone: ${join(folder, 'ca.key')}`);
}
