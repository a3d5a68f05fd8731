import { readFile } from 'node:fs/promises';
import type { IssuerConfig } from '../config.ts';
import { fetchJson, fetchKeySet } from './fetch-issuer-document.ts';

/** An issuer's key set, from where the configuration says; a file is read as often as an address is asked. Throws with the reason. */
export async function readKeySet({ issuer, keys }: IssuerConfig): Promise<unknown> {
  if (keys === undefined) return fetchKeySet(issuer);
  return 'url' in keys ? fetchJson(keys.url) : JSON.parse(await readFile(keys.file, 'utf8'));
}
