import { createHash, type Hash, hash } from 'node:crypto';
import type { Chunk } from './format.ts';
import type { ReadMessage } from './read-body.ts';

/** Whether the body is its chunks, each SHA-256(salt ‖ bytes). Always reads the body to its end. */
export async function matchesChunks(body: ReadMessage['body'], chunks: readonly Chunk[], salts: readonly string[]): Promise<boolean> {
  if (Array.isArray(body) && chunks.length <= 1) return matchesOne(body[0], chunks, salts);
  let isMatching = salts.length === chunks.length;
  let index = 0;
  let left = chunks[0]?.length ?? 0;
  let digest: Hash | undefined;
  for await (const piece of body) {
    for (let at = 0; at < piece.length && index < chunks.length; ) {
      digest ??= createHash('sha256').update(Buffer.from(salts[index] ?? '', 'hex'));
      const own = piece.subarray(at, at + left);
      digest.update(own);
      at += own.length;
      left -= own.length;
      if (left > 0) continue;
      isMatching &&= digest.digest('hex') === chunks[index]!.digest;
      digest = undefined;
      index += 1;
      left = chunks[index]?.length ?? 0;
    }
  }
  return isMatching && index === chunks.length;
}

const SALT_BYTES = 16;
const scratch = Buffer.alloc(SALT_BYTES + 65_536);

/** Most bodies are one small chunk: hashed in one call. */
function matchesOne(body: Buffer, [chunk]: readonly Chunk[], salts: readonly string[]): boolean {
  if (chunk === undefined) return salts.length === 0;
  if (salts.length !== 1 || body.length !== chunk.length) return false;
  const salt = Buffer.from(salts[0]!, 'hex');
  if (SALT_BYTES + body.length > scratch.length) return createHash('sha256').update(salt).update(body).digest('hex') === chunk.digest;
  salt.copy(scratch);
  body.copy(scratch, SALT_BYTES);
  return hash('sha256', scratch.subarray(0, SALT_BYTES + body.length), 'hex') === chunk.digest;
}
