import { createHash } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer as readAll } from 'node:stream/consumers';
import { parseCheckpoint } from '../../../shared/bundle/checkpoint.ts';
import { cosign } from '../../../shared/bundle/cosignature.ts';
import { signatureTypes, toSignerKey, type VerifierKey } from '../../../shared/bundle/ed25519-key.ts';
import { EMPTY_ROOT, isConsistent } from '../../../shared/bundle/merkle-tree.ts';
import { checkNote } from '../../../shared/bundle/signed-note.ts';
import { parseHash } from '../../../shared/bundle/tlog-proof.ts';

/** A witness as https://c2sp.org/tlog-witness asks for, strict and with a memory on disk. */
export type TestWitness = {
  readonly url: string;
  readonly vkey: string;
  /** Status of each answer so far. */
  readonly answers: number[];
  isDown: boolean;
  close(): void;
};
type Seen = { readonly size: number; readonly root: string; readonly note: string };
type Answer = { readonly status: number; readonly text?: string; readonly type?: string };

export async function startWitness(memory: string, logs: readonly VerifierKey[], name = 'witness.example/w1'): Promise<TestWitness> {
  const key = toSignerKey(name, createHash('sha256').update(name).digest(), signatureTypes.cosignature);
  const witness = { answers: [] as number[], isDown: false };
  const seen = (): Record<string, Seen> => (existsSync(memory) ? JSON.parse(readFileSync(memory, 'utf8')) : {});
  const remember = (origin: string, one: Seen): void => {
    writeFileSync(`${memory}.draft`, JSON.stringify({ ...seen(), [origin]: one }));
    renameSync(`${memory}.draft`, memory);
  };

  function addCheckpoint(body: string): Answer {
    const end = body.indexOf('\n\n');
    const [first, ...lines] = body.slice(0, Math.max(end, 0)).split('\n');
    const old = /^old (0|[1-9]\d{0,15})$/.exec(first ?? '')?.[1];
    const proof = lines.map(parseHash);
    const parsed = parseCheckpoint(body.slice(end + 2));
    if (old === undefined || proof.length > 63 || proof.includes(undefined) || parsed === undefined) return { status: 400 };
    const { checkpoint, note } = parsed;
    const keys = logs.filter((log) => log.name === checkpoint.origin);
    if (keys.length === 0) return { status: 404 };
    const judged = keys.map((log) => checkNote(note, log));
    if (judged.includes('invalid') || !judged.includes('valid')) return { status: 403 };
    if (Number(old) > checkpoint.size) return { status: 400 };
    const last = seen()[checkpoint.origin] ?? { size: 0, root: EMPTY_ROOT };
    if (Number(old) !== last.size) return { status: 409, text: `${last.size}\n`, type: 'text/x.tlog.size' };
    if (checkpoint.size === 0 && checkpoint.root !== EMPTY_ROOT) return { status: 422 };
    const isNext = last.size === 0 ? proof.length === 0 : isConsistent(last, checkpoint, proof as string[]);
    if (!isNext) return { status: 422 };
    const line = cosign(note.text, key, new Date());
    remember(checkpoint.origin, { size: checkpoint.size, root: checkpoint.root, note: body.slice(end + 2) + line });
    return { status: 200, text: line };
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = (await readAll(request)).toString('utf8');
    const isCall = request.method === 'POST' && request.url === '/w/add-checkpoint';
    const { status, text = '', type = 'text/plain' } = witness.isDown ? { status: 503 } : isCall ? addCheckpoint(body) : { status: 404 };
    witness.answers.push(status);
    response.writeHead(status, { 'content-type': type }).end(text);
  }
  const server = createServer((request, response) => void handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/w`;
  return Object.assign(witness, { url, vkey: key.text, close: () => void server.close() });
}
