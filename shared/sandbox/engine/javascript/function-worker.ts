import { createRequire } from 'node:module';
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { BigQueryError } from '../../../bigquery/error-envelope.ts';
import { workerSource } from './worker-source.ts';

export type FunctionLimits = { readonly timeoutMs: number; readonly memoryMb: number };
/** What QuickJS threw; `isForeign` where not the client's code did, but the machine broke under it. */
export type Fault = { readonly name: string; readonly message: string; readonly at?: string; readonly isForeign?: boolean };
export type Reply = { readonly number: number; readonly value?: string; readonly fault?: Fault };
type Request = { readonly action: 'open' | 'define' | 'call' | 'close'; readonly [key: string]: unknown };

// QuickJS counts its own stack; the thread's must be far larger, for each of its frames takes several of WebAssembly's.
const STACK_BYTES = 256 * 1024;
const THREAD_STACK_MB = 16;
const THREAD_HEAP_MB = 512;
/** After the interpreter should have stopped by itself. */
const GRACE_MS = 2_000;

/**
 * A thread with QuickJS in it, in WebAssembly: a client's code sees an ECMAScript engine and nothing else, neither Node nor files nor a network. It can
 * be asked with a promise, or waited for, on the spot, for some milliseconds.
 */
export class FunctionWorker {
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #signal = new Int32Array(new SharedArrayBuffer(8));
  readonly #waiting = new Map<number, { resolve(reply: Reply): void; reject(error: Error): void }>();
  #number = 0;
  #end: Error | undefined;

  constructor() {
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    this.#worker = new Worker(workerSource, {
      eval: true,
      workerData: { quickjs: createRequire(import.meta.url).resolve('quickjs-emscripten'), signal: this.#signal, port: port2 },
      transferList: [port2],
      env: {},
      execArgv: [],
      resourceLimits: { stackSizeMb: THREAD_STACK_MB, maxOldGenerationSizeMb: THREAD_HEAP_MB },
    });
    this.#port.on('message', (reply: Reply) => this.#settle(reply));
    this.#worker.on('error', (error) => this.#stop(toEnd(error)));
    this.#worker.on('exit', () => this.#stop(toEnd(undefined)));
    this.rest();
  }

  get isUsable(): boolean {
    return this.#end === undefined;
  }

  /** Forgets the machine; keeps the process alive no longer. */
  rest(): void {
    if (this.#end === undefined) this.#send({ action: 'close' }, 0);
    this.#worker.unref();
    this.#port.unref();
  }

  open({ memoryMb, timeoutMs }: FunctionLimits): Promise<Reply> {
    this.#worker.ref();
    this.#port.ref();
    return this.ask({ action: 'open', memoryBytes: memoryMb * 2 ** 20, stackBytes: STACK_BYTES }, timeoutMs);
  }

  /** Throws when the thread ends, or had to be ended because not even its interpreter stops. */
  ask(request: Request, limitMs: number): Promise<Reply> {
    if (this.#end) return Promise.reject(this.#end);
    const number = this.#send(request, limitMs);
    const timer = setTimeout(() => this.stop(createTimedOut(limitMs)), limitMs + GRACE_MS);
    const reply = new Promise<Reply>((resolve, reject) => this.#waiting.set(number, { resolve, reject }));
    return reply.finally(() => clearTimeout(timer));
  }

  /** Blocks this thread. `undefined` after `waitMs`; the request is then cancelled. */
  askNow(request: Request, waitMs: number): Reply | undefined {
    if (this.#end) throw this.#end;
    const number = this.#send(request, waitMs);
    const until = performance.now() + waitMs;
    for (;;) {
      const seen = Atomics.load(this.#signal, 0);
      const received = receiveMessageOnPort(this.#port) as { message: Reply } | undefined;
      if (received?.message.number === number) return received.message;
      if (received) {
        this.#settle(received.message);
        continue;
      }
      const rest = until - performance.now();
      if (rest <= 0 || Atomics.wait(this.#signal, 0, seen, rest) === 'timed-out') break;
    }
    Atomics.store(this.#signal, 1, number);
    return undefined;
  }

  stop(error: Error): void {
    this.#stop(error);
    void this.#worker.terminate();
  }

  #send(request: Request, limitMs: number): number {
    const number = ++this.#number;
    this.#port.postMessage({ ...request, number, limitMs });
    return number;
  }

  #settle(reply: Reply): void {
    this.#waiting.get(reply.number)?.resolve(reply);
    this.#waiting.delete(reply.number);
  }

  #stop(error: Error): void {
    this.#end ??= error;
    for (const { reject } of this.#waiting.values()) reject(this.#end);
    this.#waiting.clear();
    this.#port.close();
  }
}

const createExceeded = (what: string): BigQueryError =>
  new BigQueryError({ reason: 'resourcesExceeded', message: `Resources exceeded during query execution: ${what}` });

export const createTimedOut = (limitMs: number): BigQueryError => createExceeded(`UDF timed out after ${limitMs} ms.`);
export const createOutOfMemory = (): BigQueryError => createExceeded('UDF out of memory.');

const toEnd = (error: unknown): Error =>
  (error as { code?: string } | undefined)?.code === 'ERR_WORKER_OUT_OF_MEMORY'
    ? createOutOfMemory()
    : new BigQueryError({ reason: 'jobInternalError', message: 'The thread of the JavaScript function ended unexpectedly.' });
