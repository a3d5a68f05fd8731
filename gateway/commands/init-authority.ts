import { join, resolve } from 'node:path';
import { initCertificateAuthority } from '../doors/certificate-authority.ts';

/** Makes the private CA of the proxy door, for BigQuery's names only. Throws when the folder holds one already. */
export async function initAuthority(directory: string): Promise<void> {
  const folder = resolve(directory);
  await initCertificateAuthority(folder, ['googleapis.com']);
  console.log(`Certificate for clients: ${join(folder, 'ca.crt')}`);
  console.log(`Key, for the gateway alone: ${join(folder, 'ca.key')}`);
}
