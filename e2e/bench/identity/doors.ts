import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';

export type Door = {
  readonly name: string;
  readonly url: string;
  /** Measured with tokens that it has not seen. */
  readonly isCold: boolean;
  /** Makes it forget every token. */
  forget(): Promise<void>;
  /** Processor time it has spent so far. */
  cpuMicroseconds(): Promise<number>;
  stop(): void;
};

const kinds = [
  ['bare Fastify', 'bare', false],
  ['Fastify, stage warm', 'stage', false],
  ['Fastify, stage cold', 'stage', true],
  ['Fastify, jose each time', 'jose', false],
] as const;

/** One process for each way to know, or not to know, who asks. */
export function startDoors(issuer: string, audience: string, directory: string): Promise<Door[]> {
  return Promise.all(
    kinds.map(async ([name, kind, isCold], index) => {
      const script = join(import.meta.dirname, 'serve-door.ts');
      const child = spawn(
        process.execPath,
        ['--disable-warning=ExperimentalWarning', script, kind, issuer, audience, join(directory, String(index))],
        {
          stdio: ['ignore', 'pipe', 'inherit'],
        },
      );
      const url = await firstLine(child);
      return {
        name,
        url,
        isCold,
        forget: async () => void (await fetch(`${url}/forget`)),
        cpuMicroseconds: async () => Number(await (await fetch(`${url}/cpu`)).text()),
        stop: () => void child.kill(),
      };
    }),
  );
}

const firstLine = (child: ChildProcess): Promise<string> =>
  new Promise((resolve, reject) => {
    child.stdout!.setEncoding('utf8').once('data', (text: string) => resolve(text.trim()));
    child.once('exit', (code) => reject(new Error(`a door ended with ${code}`)));
  });
