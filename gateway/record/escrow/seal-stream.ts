import { createHash, type Hash } from 'node:crypto';
import type { Encrypter } from 'age-encryption';

/** Clear bytes that may wait for their encryption. */
const WAITING_BYTES = 1_048_576;

/** Length and SHA-256 of an age file. */
export type Sealed = { readonly length: number; readonly sha256: string };

/** One body on its way into an age file (age-encryption.org/v1), in bounded memory. */
export class SealStream {
  readonly #onSealed: (bytes: Uint8Array) => void;
  readonly #hash: Hash = createHash('sha256');
  readonly #done: Promise<void>;
  #controller!: ReadableStreamDefaultController<Uint8Array>;
  #length = 0;
  #drained = Promise.withResolvers<void>();

  /** `onSealed` gets the age file, piece by piece. */
  constructor(encrypter: Encrypter, onSealed: (bytes: Uint8Array) => void) {
    this.#onSealed = onSealed;
    const clear = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        pull: () => this.#drained.resolve(),
      },
      new ByteLengthQueuingStrategy({ highWaterMark: WAITING_BYTES }),
    );
    this.#done = this.#run(encrypter, clear);
    // Whoever waits for the end is told; nobody else needs to be.
    this.#done.catch(() => this.#drained.resolve());
  }

  /** `false`: wait for `drained()` before pushing more. */
  push(bytes: Uint8Array): boolean {
    this.#controller.enqueue(bytes);
    return this.#isRoomy;
  }

  drained(): Promise<void> {
    if (this.#isRoomy) return Promise.resolve();
    this.#drained = Promise.withResolvers();
    return this.#drained.promise;
  }

  /** All is sealed when it resolves. */
  async finish(): Promise<Sealed> {
    this.#controller.close();
    await this.#done;
    return { length: this.#length, sha256: this.#hash.digest('hex') };
  }

  get #isRoomy(): boolean {
    return (this.#controller.desiredSize ?? 0) > 0;
  }

  async #run(encrypter: Encrypter, clear: ReadableStream<Uint8Array>): Promise<void> {
    const sealed = (await encrypter.encrypt(clear)).getReader();
    for (let step = await sealed.read(); !step.done; step = await sealed.read()) {
      this.#hash.update(step.value);
      this.#length += step.value.length;
      this.#onSealed(step.value);
    }
  }
}
