import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { writeDurably } from '../durable/write-durably.ts';

/** What others said of one checkpoint: a time-stamp (base64 of DER), cosignature lines. `checkpoint`: as the writer signed it. */
const attestationSchema = z.strictObject({
  checkpoint: z.string(),
  size: z.int().positive(),
  timestamp: z.base64().optional(),
  cosignatures: z.array(z.string()),
});
export type Attestation = z.infer<typeof attestationSchema>;

const folderOf = (directory: string): string => path.join(directory, 'attestations');
const fileOf = (directory: string, size: number): string => path.join(folderOf(directory), `${String(size).padStart(15, '0')}.json`);

function readAttestation(directory: string, size: number): Attestation | undefined {
  const file = fileOf(directory, size);
  return existsSync(file) ? attestationSchema.parse(JSON.parse(readFileSync(file, 'utf8'))) : undefined;
}

export function writeAttestation(directory: string, attestation: Attestation): void {
  mkdirSync(folderOf(directory), { recursive: true, mode: 0o700 });
  writeDurably(fileOf(directory, attestation.size), `${JSON.stringify(attestation, undefined, 2)}\n`);
}

/** The first checkpoint over entry `index` that others attested: nearest in time to what it proves. */
export function findAttestation(directory: string, index: number): Attestation | undefined {
  const folder = folderOf(directory);
  if (!existsSync(folder)) return undefined;
  const names = readdirSync(folder)
    .filter((name) => /^\d{15}\.json$/.test(name))
    .sort();
  const first = names.find((name) => Number(name.slice(0, 15)) > index);
  return first === undefined ? undefined : readAttestation(directory, Number(first.slice(0, 15)));
}
