import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { BigQueryError } from '../../../bigquery/error-envelope.ts';
import { createInvalidQuery } from '../failure.ts';
import { hostSource } from './host-source.ts';

export type UdfLimits = { readonly timeoutMs: number; readonly memoryMb: number };
type Reply = { readonly ok?: true; readonly results?: string; readonly error?: string };

/**
 * A Node process of its own for the JavaScript functions of one statement: no environment, no files, no network, no children (Node's permission model),
 * a bounded heap, and killed when a batch takes too long.
 */
export class UdfProcess {
  readonly #limits: UdfLimits;
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  #reply: ((reply: Reply) => void) | undefined;
  #fail: ((error: Error) => void) | undefined;
  #exit: Error | undefined;
  #complaint = '';

  constructor(limits: UdfLimits) {
    this.#limits = limits;
    this.#child = spawn(process.execPath, toArguments(limits), { env: {}, cwd: '/', stdio: ['pipe', 'pipe', 'pipe'] });
    createInterface({ input: this.#child.stdout }).on('line', (line) => this.#reply?.(JSON.parse(line)));
    this.#child.stderr.on('data', (data: Buffer) => (this.#complaint = (this.#complaint + data).slice(-4000)));
    this.#child.stdin.on('error', () => {});
    this.#child.on('error', (error) => this.#end(error));
    this.#child.on('close', () => this.#end(this.#toExit()));
  }

  async define(definition: unknown): Promise<void> {
    const { error } = await this.#ask({ define: definition });
    if (error !== undefined) throw createInvalidQuery(`Failed to compile JavaScript function: ${error}`);
  }

  /** `calls` and the answer are JSON. */
  async call(id: string, calls: string): Promise<string> {
    const { results, error } = await this.#ask({ id, calls });
    if (results === undefined) throw createInvalidQuery(`Failed to run JavaScript function: ${error}`);
    return results;
  }

  close(): void {
    this.#child.kill('SIGKILL');
  }

  #ask(message: unknown): Promise<Reply> {
    if (this.#exit) return Promise.reject(this.#exit);
    const { promise, resolve, reject } = Promise.withResolvers<Reply>();
    const timer = setTimeout(() => {
      reject(
        new BigQueryError({
          reason: 'resourcesExceeded',
          message: `Resources exceeded during query execution: UDF timed out after ${this.#limits.timeoutMs} ms.`,
        }),
      );
      this.close();
    }, this.#limits.timeoutMs);
    this.#reply = resolve;
    this.#fail = reject;
    this.#child.stdin.write(`${JSON.stringify(message)}\n`);
    return promise.finally(() => clearTimeout(timer));
  }

  #end(error: Error): void {
    this.#exit ??= error;
    this.#fail?.(error);
  }

  #toExit(): Error {
    const isMemory = /heap out of memory|allocation failed/i.test(this.#complaint);
    const message = isMemory
      ? 'Resources exceeded during query execution: UDF out of memory.'
      : 'The process of the JavaScript function ended unexpectedly.';
    return new BigQueryError({ reason: isMemory ? 'resourcesExceeded' : 'jobInternalError', message });
  }
}

function toArguments({ memoryMb }: UdfLimits): readonly string[] {
  const [major = 0] = process.versions.node.split('.').map(Number);
  return [
    major >= 24 ? '--permission' : '--experimental-permission',
    '--no-addons',
    '--disallow-code-generation-from-strings',
    '--frozen-intrinsics',
    '--no-warnings',
    `--max-old-space-size=${memoryMb}`,
    '--input-type=commonjs',
    '-e',
    hostSource,
  ];
}
