import { CachedTree } from '../../shared/bundle/cached-tree.ts';
import { parseCheckpoint } from '../../shared/bundle/checkpoint.ts';
import { stampedBytes } from '../../shared/bundle/trust/check-attestations.ts';
import type { Authority } from '../../shared/bundle/trust/rfc3161.ts';
import type { Config } from '../config.ts';
import type { Witness } from '../config-attestation.ts';
import { writeAttestation } from '../record/attestations.ts';
import { CatalogFollower } from '../record/catalog-follower.ts';
import type { Recorder } from '../record/recorder.ts';
import { askAuthority, readAuthority } from './ask-authority.ts';
import { askWitness } from './ask-witness.ts';

type Settings = Pick<Config, 'dataDirectory' | 'timestamping' | 'witnesses'>;
type Service = 'time-stamping' | 'witness';
const MINUTE_MS = 60_000;
/** Without a session that closes, witnesses see the log as often. */
const WITNESS_EVERY_MS = 60 * MINUTE_MS;
/** After an outage. */
const RETRY_MS = MINUTE_MS;

/**
 * Has checkpoints time-stamped and cosigned, beside the recording and never in its way: when a session closes, and now and then. Only the newest checkpoint
 * waits; it covers all before it. That somebody could not be reached is entered into the log, once when it begins and once when it ends.
 */
export class Attestor {
  readonly #settings: Settings;
  readonly #authority: Authority | undefined;
  readonly #everyMs: number;
  readonly #tell: (trouble: string) => void;
  readonly #seen = new Map<string, number>();
  readonly #down = new Set<string>();
  readonly #catalog: CatalogFollower;
  readonly #tree = new CachedTree();
  #recorder: Pick<Recorder, 'enter'> | undefined;
  #newest: string | undefined;
  #due = false;
  #attestedAt = 0;
  #working: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** Throws when the authority's certificates cannot be read. */
  constructor(settings: Settings, tell: (trouble: string) => void) {
    this.#tell = tell;
    this.#settings = settings;
    this.#catalog = new CatalogFollower(settings.dataDirectory);
    this.#authority = settings.timestamping && readAuthority(settings.timestamping);
    this.#everyMs = (settings.timestamping?.everyMinutes ?? 60) * MINUTE_MS;
    if (settings.witnesses.length > 0) this.#everyMs = Math.min(this.#everyMs, WITNESS_EVERY_MS);
  }

  get isWanted(): boolean {
    return this.#authority !== undefined || this.#settings.witnesses.length > 0;
  }

  /** To be given to the recorder: every checkpoint that it signs. */
  readonly onSigned = (checkpoint: string, closesSession: boolean): void => {
    if (!this.isWanted) return;
    this.#newest = checkpoint;
    const isDown = this.#down.size > 0 && Date.now() - this.#attestedAt > RETRY_MS;
    if (closesSession || isDown || Date.now() - this.#attestedAt > this.#everyMs) this.#due = true;
    this.#go();
  };

  start(recorder: Pick<Recorder, 'enter'>): void {
    this.#recorder = recorder;
    this.#timer = setInterval(() => this.#go(), 1_000).unref();
    this.#go();
  }

  /** What is due is finished; to be called when the recorder is closed, whose last sessions are due then. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#go();
    while (this.#working !== undefined) await this.#working;
    this.#recorder = undefined;
  }

  #go(): void {
    if (!this.#due || this.#working !== undefined || this.#recorder === undefined || this.#newest === undefined) return;
    this.#due = false;
    this.#working = this.#attest(this.#newest)
      .catch((error: Error) => this.#tell(`A checkpoint could not be attested: ${error.message}`))
      .finally(() => {
        this.#working = undefined;
        this.#go();
      });
  }

  async #attest(checkpoint: string): Promise<void> {
    const { note, checkpoint: head } = parseCheckpoint(checkpoint)!;
    const tree = await this.#treeOf(head.size);
    // Entries that are not durable yet are not shown to anybody.
    if (tree === undefined) {
      this.#due = true;
      return;
    }
    this.#attestedAt = Date.now();
    const [timestamp, ...cosignatures] = await Promise.all([
      this.#timestamp(stampedBytes(note, head.origin)),
      ...this.#settings.witnesses.map((witness) => this.#cosignature(witness, checkpoint, head.size, tree)),
    ]);
    const lines = cosignatures.filter((line) => line !== undefined);
    if (timestamp === undefined && lines.length === 0) return;
    const { dataDirectory } = this.#settings;
    const stamp = timestamp === undefined ? {} : { timestamp: timestamp.toString('base64') };
    writeAttestation(dataDirectory, { checkpoint, size: head.size, ...stamp, cosignatures: lines });
  }

  /** The log as witnesses want it proved, grown by what is new; only they need it. `undefined`: not durable yet. */
  async #treeOf(size: number): Promise<CachedTree | undefined> {
    if (this.#settings.witnesses.length === 0) return this.#tree;
    for (let attempt = 0; attempt < 20; attempt += 1) {
      const { writerLog } = this.#catalog.read();
      for (const hash of writerLog.slice(this.#tree.size)) this.#tree.append(hash);
      if (this.#tree.size >= size) return this.#tree;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return undefined;
  }

  async #timestamp(data: Buffer): Promise<Buffer | undefined> {
    const { timestamping } = this.#settings;
    const authority = this.#authority;
    if (timestamping === undefined || authority === undefined) return undefined;
    return await this.#attempt('time-stamping', authority.name, () => askAuthority(timestamping, authority, data));
  }

  async #cosignature(witness: Witness, checkpoint: string, size: number, tree: CachedTree): Promise<string | undefined> {
    const name = witness.vkey.split('+', 1)[0]!;
    const lines = await this.#attempt('witness', name, () => askWitness(witness, checkpoint, tree, this.#seen.get(witness.url) ?? 0));
    if (lines !== undefined) this.#seen.set(witness.url, size);
    return lines;
  }

  async #attempt<Value>(service: Service, name: string, ask: () => Promise<Value>): Promise<Value | undefined> {
    const key = `${service} ${name}`;
    try {
      const value = await ask();
      if (this.#down.delete(key)) await this.#enter(service, name, 'ended', undefined);
      return value;
    } catch (error) {
      const detail = reasonOf(error as Error);
      this.#tell(`${service} ${name}: ${detail}`);
      if (!this.#down.has(key)) {
        this.#down.add(key);
        await this.#enter(service, name, 'began', detail);
      }
      return undefined;
    }
  }

  async #enter(service: Service, name: string, state: 'began' | 'ended', detail: string | undefined): Promise<void> {
    await this.#recorder?.enter({ kind: 'outage', service, name, state, detail }).catch(() => undefined);
  }
}

/** `fetch failed` says nothing; its cause does. */
const reasonOf = (error: Error): string => (error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message);
