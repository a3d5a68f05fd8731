import type { CachedTree } from '../../shared/bundle/cached-tree.ts';
import { parseCheckpoint } from '../../shared/bundle/checkpoint.ts';
import { checkCosignature } from '../../shared/bundle/cosignature.ts';
import { parseWitnessKey } from '../../shared/bundle/ed25519-key.ts';
import type { Witness } from '../config-attestation.ts';

const TIMEOUT_MS = 10_000;
const MAX_RESPONSE_BYTES = 65_536;

/**
 * Shows a witness a checkpoint and that it goes on from the one it saw last (C2SP tlog-witness, add-checkpoint); returns its signature lines.
 * `older`: size of the checkpoint that it cosigned last, 0 when unknown: the witness then says which (409). Throws when it does not cosign.
 */
export async function askWitness(witness: Witness, checkpoint: string, tree: CachedTree, older: number): Promise<string> {
  const parsed = parseCheckpoint(checkpoint)!;
  const { size } = parsed.checkpoint;
  let answer = await post(witness, older, tree.consistency(older, size), checkpoint);
  if (answer.status === 409) {
    const seen = /^(0|[1-9]\d{0,15})\n$/.exec(answer.text)?.[1];
    if (answer.type !== 'text/x.tlog.size' || seen === undefined) throw new Error('answered 409 without a size');
    if (Number(seen) > size)
      throw new Error(`saw a log of ${seen} entries, ours has ${size}: another gateway writes under its name, or data was lost`);
    answer = await post(witness, Number(seen), tree.consistency(Number(seen), size), checkpoint);
  }
  if (answer.status === 422) throw new Error('says that the log does not go on from what it saw: entries were changed or lost');
  if (answer.status !== 200) throw new Error(`answered ${answer.status}`);
  return ownLines(witness, checkpoint, answer.text);
}

async function post({ url }: Witness, older: number, proof: readonly string[], checkpoint: string) {
  const lines = proof.map((hash) => `${Buffer.from(hash, 'hex').toString('base64')}\n`).join('');
  const body = `old ${older}\n${lines}\n${checkpoint}`;
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const answer = await fetch(`${url.replace(/\/$/, '')}/add-checkpoint`, { method: 'POST', body, signal, redirect: 'error' });
  const text = (await answer.text()).slice(0, MAX_RESPONSE_BYTES);
  return { status: answer.status, type: answer.headers.get('content-type')?.split(';')[0]?.trim(), text };
}

/** Of the lines that came, those of the key we know; what else came is passed over, as the protocol says. */
function ownLines({ vkey }: Witness, checkpoint: string, text: string): string {
  const key = parseWitnessKey(vkey)!;
  const note = parseCheckpoint(checkpoint + text)?.note;
  const known = note && checkCosignature(note, key);
  if (note === undefined || known === 'absent' || known === 'invalid' || known === undefined)
    throw new Error('answered without a cosignature of its key');
  const lines = note.signatures.filter(({ name, keyId }) => name === key.name && keyId === key.keyId);
  return lines.map(({ line }) => `${line}\n`).join('');
}
