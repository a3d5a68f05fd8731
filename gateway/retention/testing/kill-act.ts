import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Config } from '../../config.ts';

export type KilledAct = {
  readonly directory: string;
  readonly act: 'sweep' | 'redact' | 'erase';
  /** Default of the retention rules. */
  readonly keep: string;
  /** From when the act begins. */
  readonly delayMs: number;
  readonly storage?: Config['storage'];
};

/** An act in a process of its own that is killed on its way. Resolves with whether it was done before the signal came. */
export async function killAct({ directory, act, keep, delayMs, storage }: KilledAct): Promise<boolean> {
  const words = [join(import.meta.dirname, 'act-child.ts'), directory, act, keep, JSON.stringify(storage ?? null)];
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...words], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  for await (const piece of child.stdout.setEncoding('latin1')) {
    if (output === '') setTimeout(() => child.kill('SIGKILL'), delayMs);
    output += piece;
  }
  return output.includes('D');
}
