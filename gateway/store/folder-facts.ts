import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { replaceFile } from './durable-file.ts';
import { ObjectDamaged, type ObjectFacts } from './recording-store.ts';

/** No name has a tilde, so this file stands beside its object and is never taken for one. */
export const factsFileOf = (objectPath: string): string => `${objectPath}~facts.json`;
export const isObjectFile = (fileName: string): boolean => !fileName.includes('~') && !fileName.startsWith('.');

const shape = z.strictObject({
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  bytes: z.int().min(0),
  retainUntil: z.iso.datetime().optional(),
  legalHold: z.literal(true).optional(),
});

/** Undefined when there is no such file. Throws ObjectDamaged when it cannot be understood: what it locks must stay locked. */
export async function readFacts(name: string, objectPath: string): Promise<ObjectFacts | undefined> {
  const text = await readFile(factsFileOf(objectPath), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  const { sha256, bytes, retainUntil, legalHold } = parse(name, text);
  return { name, bytes, sha256, retainUntil: retainUntil === undefined ? undefined : new Date(retainUntil), legalHold: legalHold === true };
}

function parse(name: string, text: string): z.output<typeof shape> {
  try {
    return shape.parse(JSON.parse(text));
  } catch (error) {
    throw new ObjectDamaged(name, `the file of its facts (${factsFileOf(name)}) is not what was written`, { cause: error });
  }
}

export function writeFacts(temporary: string, objectPath: string, facts: ObjectFacts): Promise<void> {
  const { sha256, bytes, retainUntil, legalHold } = facts;
  const text = JSON.stringify({ sha256, bytes, retainUntil: retainUntil?.toISOString(), legalHold: legalHold || undefined });
  return replaceFile(temporary, factsFileOf(objectPath), `${text}\n`);
}
