import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { removeDurably, writeDurably } from '../durable/write-durably.ts';
import { redactionSchema } from './redaction.ts';

const digest = z.string().regex(/^[0-9a-f]{64}$/);
const about = { by: z.string(), reason: z.string().optional(), at: z.iso.datetime() };
const entry = z.strictObject({ index: z.int().nonnegative(), text: z.string() }).optional();

/** An act that was begun: written before its leaf, and again with it, so that a restart finishes what the log says. No value stands in it. */
const pendingSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('retention'),
    id: z.uuid(),
    ...about,
    entry,
    sessionId: z.uuid(),
    number: z.int().positive(),
    rule: z.string(),
    digests: z.array(digest),
    /** In the order in which they go. */
    objects: z.array(z.string()),
  }),
  z.strictObject({
    kind: z.literal('redaction'),
    id: z.uuid(),
    ...about,
    entry,
    sessionId: z.uuid(),
    number: z.int().positive(),
    revision: z.int().positive(),
    redactions: z.array(redactionSchema),
    digests: z.array(digest),
    /** The old revision is locked in the store: this key is destroyed, after everything else was moved to a fresh one. */
    rekey: z.string().optional(),
  }),
  z.strictObject({
    kind: z.literal('erasure'),
    id: z.uuid(),
    ...about,
    entry,
    keyId: z.string(),
    salt: z.string(),
    /** Digest of the salted subject, as the leaf names it. */
    subject: digest,
    numbers: z.array(z.int().positive()),
    digests: z.array(digest),
  }),
]);

export type PendingAct = z.output<typeof pendingSchema>;

export class PendingActs {
  readonly #folder: string;

  constructor(dataDirectory: string) {
    this.#folder = join(dataDirectory, 'retention', 'pending');
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    // What was being written when its process died was never saved.
    for (const name of readdirSync(this.#folder)) if (name.endsWith('.new')) rmSync(join(this.#folder, name), { force: true });
  }

  save(act: PendingAct): void {
    writeDurably(this.#fileOf(act), JSON.stringify(act));
  }

  remove(act: PendingAct): void {
    removeDurably(this.#fileOf(act));
  }

  /** Throws when a file cannot be read: what it speaks of may be half done. */
  all(): PendingAct[] {
    const names = existsSync(this.#folder) ? readdirSync(this.#folder).filter((name) => name.endsWith('.json')) : [];
    return names.sort().map((name) => pendingSchema.parse(JSON.parse(readFileSync(join(this.#folder, name), 'utf8'))));
  }

  #fileOf({ id }: PendingAct): string {
    return join(this.#folder, `${id}.json`);
  }
}
