import { createHash, hash } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { canonicalJson } from '../../base/canonical-json.ts';
import { signCheckpoint } from '../checkpoint.ts';
import { toSignerKey } from '../ed25519-key.ts';
import {
  type BodySide,
  CELL_BYTES,
  type Chunk,
  type ColumnSalts,
  type ColumnsLeaf,
  FORMAT_VERSION,
  type Intent,
  type StoredForm,
} from '../format.ts';
import { type BodyInput, type ExchangeInput, MemberWriter } from '../member-writer.ts';
import { leafHash, NO_HASH, treeRoot } from '../merkle-tree.ts';
import { digestTable, parseResultTable } from '../result-columns.ts';
import { formatTlogProof } from '../tlog-proof.ts';
import { type BundleEnding, type CustodyStep, zipMembers } from '../zip-members.ts';

/** Everything that a bundle is made of, before it is written: tests redact it as they should, or as they should not. */
export type BundlePlan = {
  readonly leaves: string[];
  readonly disclosures: string[];
  readonly records: PlannedRecord[];
  readonly custody: CustodyStep[];
};

export type PlannedBody = { side: BodySide; salts: string[] | undefined; bytes: Buffer | undefined };
export type PlannedExchange = {
  kind: 'exchange';
  input: Omit<ExchangeInput, 'bodies' | 'isConverted'>;
  isConverted: boolean;
  bodies: PlannedBody[];
  /** Digests of the chunks as the leaves name them. */
  chunks: readonly Chunk[];
};
export type PlannedColumns = { kind: 'columns'; leaf: ColumnsLeaf; salts: ColumnSalts; digests: readonly string[] };
export type PlannedRecord = PlannedExchange | PlannedColumns;

export const planWriterKey = toSignerKey('plan.steno.local/gateway', seeded('writer'));
export const planExporterKey = toSignerKey('plan.steno.local/exporter', seeded('exporter'));

function seeded(text: string): Buffer {
  return createHash('sha256').update(`steno plan ${text}`).digest();
}

const CHUNK_BYTES = 1_048_576;
const startedAt = '2026-03-01T00:00:00.000Z';
const software = 'steno 0.0.0';

export type RecordedBody = { readonly side: BodySide; readonly stored: StoredForm; readonly bytes: Buffer; readonly sealed?: Buffer };
export type RecordedExchange = {
  readonly sql: string;
  readonly bodies: readonly RecordedBody[];
  /** `missing`: the leaf says that they were never made. `late`: they follow when the session closes. */
  readonly columns?: 'digested' | 'missing' | 'late' | undefined;
  /** What the columns of its cells are called. */
  readonly names?: readonly string[] | undefined;
  readonly framing?: 'complete' | 'truncated' | undefined;
};

/** What a recorder would have written of these exchanges, under fixed keys, salts, ids and times. */
export class BundlePlanner {
  readonly plan: BundlePlan = { leaves: [], disclosures: [], records: [], custody: [] };
  readonly #name: string;
  readonly #sessionId: string;
  readonly #identity: string;
  readonly #late: (() => void)[] = [];
  #prev = NO_HASH;
  #salts = 0;
  #exchanges = 0;

  constructor(name: string) {
    this.#name = name;
    this.#sessionId = toUuid(`${name} session`);
    const principal = { kind: 'agent', issuer: 'https://issuer.example', subject: 'agent-1' };
    const opening = { formatVersion: FORMAT_VERSION, writer: planWriterKey.name, sessionId: this.#sessionId, number: 1, name, startedAt };
    this.#leaf({ kind: 'session-open', ...opening, disclosed: { 'session-identity': this.#disclose('session-identity', principal) } });
    this.#identity = this.#disclose('identity', { ...principal, email: 'agent@acme.example', groups: [], actChain: [] });
  }

  exchange({ sql, bodies, columns, names, framing = 'complete' }: RecordedExchange): void {
    this.#exchanges += 1;
    const exchangeId = toUuid(`${this.#name} exchange ${this.#exchanges}`);
    const about = { exchange: this.#exchanges, exchangeId };
    const request = { target: '/bigquery/v2/projects/acme/queries', headers: [['host', 'gw.example']] as [string, string][] };
    const disclosed = { identity: this.#identity, request: this.#disclose('request', request), sql: this.#disclose('sql', sql) };
    const door = { door: 'direct', httpMethod: 'POST', httpVersion: '1.1', methodId: 'bigquery.jobs.query' };
    const intent = this.#leaf({ kind: 'intent', ...about, ...door, decision: { effect: 'allow', rules: [] }, disclosed }) as Intent;
    const response = { status: 200, headers: [['content-type', 'application/json']] as [string, string][] };
    const recorded = bodies.map((body) => this.#record(body));
    const answered = { response: this.#disclose('response', response) };
    this.#end(
      { ...about, framing },
      recorded,
      names === undefined ? answered : { ...answered, 'result-names': this.#disclose('result-names', names) },
    );
    const planned = recorded.map(({ planned: body }) => body);
    const input = { intent, request, upstreamRequest: undefined, response };
    this.plan.records.push({
      kind: 'exchange',
      input,
      isConverted: false,
      bodies: planned,
      chunks: recorded.flatMap(({ chunks }) => chunks),
    });
    const digest = (): void => this.#columns(about, bodies.find(({ side }) => side === 'response')!.bytes);
    if (columns === 'digested') digest();
    if (columns === 'late') this.#late.push(digest);
    if (columns === 'missing') this.#leaf({ kind: 'columns', ...about, disclosed: {}, missing: 'The gateway ended.' });
  }

  close(): BundlePlan {
    for (const digest of this.#late) digest();
    this.#leaf({ kind: 'session-close', reason: 'idle', exchanges: this.#exchanges });
    return this.plan;
  }

  #end(about: object, recorded: readonly Recorded[], disclosed: object): void {
    const bytes = recorded.find(({ planned }) => planned.side === 'response')?.bytes ?? 0;
    this.#leaf({
      kind: 'end',
      ...about,
      outcome: 'answered',
      status: 200,
      bytesFromUpstream: bytes,
      bytesToClient: bytes,
      timingsUs: {},
      bodies: recorded.map(({ planned, chunks, stored, bytes: length, sealed }) => ({
        side: planned.side,
        length,
        chunks: chunks.length,
        stored,
        ...(sealed === undefined ? {} : { sealed: { length: sealed.length, sha256: hash('sha256', sealed, 'hex') } }),
      })),
      chunks: recorded.flatMap(({ chunks }) => chunks),
      disclosed,
    });
  }

  #record({ side, stored, bytes, sealed }: RecordedBody): Recorded {
    const chunks: Chunk[] = [];
    const salts: string[] = [];
    for (let offset = 0; offset < bytes.length; offset += CHUNK_BYTES) {
      const own = bytes.subarray(offset, offset + CHUNK_BYTES);
      const salt = this.#salt();
      salts.push(salt);
      const digest = hash('sha256', Buffer.concat([Buffer.from(salt, 'hex'), own]), 'hex');
      chunks.push({ side, offset, length: own.length, digest, stored });
    }
    const kept = stored === 'verbatim' ? bytes : stored === 'sealed' ? sealed : undefined;
    return { planned: { side, salts, bytes: kept }, chunks, stored, bytes: bytes.length, sealed };
  }

  #columns(about: { exchange: number; exchangeId: string }, response: Buffer): void {
    const table = parseResultTable(response)!;
    const salts = { columns: table.names.map(() => this.#salt()), rest: this.#salt() };
    const value = digestTable(table, salts);
    const disclosed = { 'result-columns': this.#disclose('result-columns', value) };
    const leaf = this.#leaf({ kind: 'columns', ...about, disclosed }) as ColumnsLeaf;
    const archived = { columns: salts.columns.map((salt) => ({ salt })), rest: salts.rest };
    this.plan.records.push({ kind: 'columns', leaf, salts: archived, digests: value.columns.map(([, digest]) => digest!) });
  }

  #leaf(fields: object): unknown {
    const seq = this.plan.leaves.length;
    const at = new Date(Date.parse(startedAt) + seq * 250).toISOString();
    const leaf = { ...fields, seq, prev: this.#prev, at, monoUs: seq * 250_000 };
    const line = canonicalJson(leaf);
    this.#prev = leafHash(line);
    this.plan.leaves.push(line);
    return leaf;
  }

  #disclose(name: string, value: unknown): string {
    const line = canonicalJson([this.#salt(), name, value]);
    this.plan.disclosures.push(line);
    return hash('sha256', line, 'hex');
  }

  #salt(): string {
    this.#salts += 1;
    return seeded(`${this.#name} salt ${this.#salts}`).toString('hex', 0, 16);
  }
}

type Recorded = {
  readonly planned: PlannedBody;
  readonly chunks: readonly Chunk[];
  readonly stored: StoredForm;
  readonly bytes: number;
  readonly sealed: Buffer | undefined;
};

function toUuid(text: string): string {
  const hex = seeded(text).toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** Writes what is planned, signed by the plan's keys. The head is that of `leaves`: what a forger does to the plan afterwards, he cannot sign. */
export async function writePlan(plan: BundlePlan, outputPath: string, leaves: readonly string[] = plan.leaves): Promise<void> {
  const folder = `${outputPath}.parts`;
  mkdirSync(folder, { recursive: true });
  rmSync(outputPath, { force: true });
  const ending = planEnding(plan, leaves);
  const writer = new MemberWriter(folder);
  await writer.begin({ at: startedAt, software, sessionId: ending.sessionId });
  for (const line of plan.leaves) writer.addLeaf(Buffer.from(line));
  for (const line of plan.disclosures) writer.addDisclosure(Buffer.from(line));
  for (const record of plan.records) {
    if (record.kind === 'columns') writer.addColumns(record.leaf, record.salts);
    else await writer.addExchange({ ...record.input, isConverted: record.isConverted, bodies: record.bodies.map(toInput) });
  }
  const counts = { exchanges: writer.exchanges, leaves: writer.leaves };
  await zipMembers(outputPath, writer.close(), counts, ending);
  rmSync(folder, { recursive: true });
}

const toInput = ({ side, salts, bytes }: PlannedBody): BodyInput => ({
  side,
  salts,
  length: bytes?.length ?? 0,
  read:
    bytes === undefined
      ? undefined
      : async function* () {
          yield bytes;
        },
});

export function planEnding({ custody }: BundlePlan, leaves: readonly string[]): BundleEnding {
  const opening = JSON.parse(leaves[0]!) as { sessionId: string; name: string; number: number; disclosed: object };
  const { sessionId, name, number, disclosed } = opening;
  const at = '2026-03-02T00:00:00.000Z';
  const tree = { size: leaves.length, root: treeRoot(leaves.map((line) => leafHash(line))) };
  const state = { index: 0, at, writer: planWriterKey.name, state: 'closed', openedAt: startedAt };
  const head = canonicalJson({ kind: 'session-head', ...state, sessionId, number, name, ...tree, disclosed });
  const checkpoint = signCheckpoint({ origin: planWriterKey.name, size: 1, root: leafHash(head) }, planWriterKey);
  return {
    sessionId,
    sessionName: name,
    snapshot: false,
    head,
    proof: formatTlogProof(0, [], checkpoint),
    keys: [planWriterKey.text, planExporterKey.text],
    software,
    at,
    exportedBy: 'ann@acme.example',
    exporterKey: planExporterKey,
    custody,
  };
}

/** Keyed digests of the values, as a content-free recorder keeps them. */
export function toCells(response: Buffer): Buffer {
  const { rows } = parseResultTable(response)!;
  const cell = (value: string): Buffer => createHash('sha256').update('content key').update(value).digest().subarray(0, CELL_BYTES);
  return Buffer.concat(rows.flatMap((row) => row.map(cell)));
}
