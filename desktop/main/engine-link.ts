// The engine runs in a utility process: a crash there, or a long query, never takes the window with it.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type UtilityProcess, utilityProcess } from 'electron';
import { err } from '../../shared/base/result.ts';
import { createWorkerRelay } from '../engine/sql/relay-workers.ts';
import type { EngineAnswer, EngineMessage } from './engine-messages.ts';

export type EngineLink = {
  call(name: string, input: unknown): Promise<unknown>;
  on(listener: (event: unknown) => void): () => void;
  stop(): void;
};

const here = dirname(fileURLToPath(import.meta.url));
const entry = join(here, 'engine-process.js');
const workerPaths = ['sql-worker.js', 'replay-worker.js'].map((name) => join(here, name));

const engineGone = err({ code: 'ENGINE_GONE', message: 'The engine ended unexpectedly.', remedy: 'Open the bundle again.' });

/** An engine that dies sooner would only die again. */
const soonestRestartMs = 5000;

export function startEngine(): EngineLink {
  const listeners = new Set<(event: unknown) => void>();
  const waiting = new Map<number, (envelope: unknown) => void>();
  let lastId = 0;
  let running = true;
  let child = fork();

  function fork(): UtilityProcess {
    const started = utilityProcess.fork(entry, [], { serviceName: 'Steno engine', stdio: 'inherit' });
    const relay = createWorkerRelay(forkWorker, workerPaths, (report) => started.postMessage(report));
    started.on('message', (answer: EngineAnswer) => receive(answer, relay));
    const startedAt = Date.now();
    started.once('exit', () => {
      relay.killAll();
      for (const answer of waiting.values()) answer(engineGone);
      waiting.clear();
      running = running && Date.now() - startedAt > soonestRestartMs;
      if (running) child = fork();
    });
    return started;
  }

  function receive(answer: EngineAnswer, relay: WorkerRelay): void {
    if (answer.kind === 'event') for (const listener of listeners) listener(answer.event);
    else if (answer.kind === 'answer') {
      waiting.get(answer.id)?.(answer.envelope);
      waiting.delete(answer.id);
    } else relay.obey(answer);
  }

  return {
    call: (name, input) =>
      new Promise((resolve) => {
        const message: EngineMessage = { id: ++lastId, name, input };
        if (!running) return resolve(engineGone);
        waiting.set(message.id, resolve);
        child.postMessage(message);
      }),
    on: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    stop: () => {
      running = false;
      child.kill();
    },
  };
}

type WorkerRelay = ReturnType<typeof createWorkerRelay>;

/** Queries and replays run in processes with an empty environment. */
const forkWorker = (path: string): UtilityProcess =>
  utilityProcess.fork(path, [], { serviceName: 'Steno worker', stdio: 'ignore', env: {} });
