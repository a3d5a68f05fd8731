// Workers by way of another process: where the engine may not start any itself (an Electron utility process without the RunAsNode fuse), the app's
// main process starts them and passes messages on. Both ends are here, so that they cannot drift apart; neither knows Electron.
import type { StartWorker } from './start-worker.ts';

/** What the engine's process tells the main process. */
export type RelayOrder =
  | { readonly kind: 'worker-start'; readonly workerId: number; readonly path: string }
  | { readonly kind: 'worker-order'; readonly workerId: number; readonly order: unknown }
  | { readonly kind: 'worker-kill'; readonly workerId: number };

/** What comes back. */
export type RelayReport =
  | { readonly kind: 'worker-reply'; readonly workerId: number; readonly reply: unknown }
  | { readonly kind: 'worker-gone'; readonly workerId: number };

export const isRelayMessage = (message: unknown): boolean =>
  typeof message === 'object' && message !== null && String((message as { kind?: unknown }).kind).startsWith('worker-');

/** The engine's end: `startWorker` goes into its options, `receive` gets the reports. */
export function createRelayedWorkers(send: (order: RelayOrder) => void): {
  readonly startWorker: StartWorker;
  receive(report: RelayReport): void;
} {
  type Listeners = { reply(reply: unknown): void; gone(lastWords: string): void };
  const workers = new Map<number, Listeners>();
  let lastId = 0;
  return {
    startWorker: (path) => {
      const workerId = ++lastId;
      const listeners: Listeners = { reply: () => {}, gone: () => {} };
      workers.set(workerId, listeners);
      send({ kind: 'worker-start', workerId, path });
      return {
        send: (order) => send({ kind: 'worker-order', workerId, order }),
        onReply: (listener) => {
          listeners.reply = listener;
        },
        onGone: (listener) => {
          listeners.gone = listener;
        },
        kill: () => send({ kind: 'worker-kill', workerId }),
      };
    },
    receive: (report) => {
      const listeners = workers.get(report.workerId);
      if (report.kind === 'worker-reply') listeners?.reply(report.reply);
      else {
        workers.delete(report.workerId);
        listeners?.gone('');
      }
    },
  };
}

/** A started process as `utilityProcess.fork` gives it. */
export type RelayedProcess = {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (message: unknown) => void): unknown;
  once(event: 'exit', listener: () => void): unknown;
  kill(): boolean;
};

/** The main process's end: `obey` gets the orders; `killAll` when the engine's process ends. Only the paths named may be started. */
export function createWorkerRelay(
  fork: (path: string) => RelayedProcess,
  allowedPaths: readonly string[],
  report: (report: RelayReport) => void,
): { obey(order: RelayOrder): void; killAll(): void } {
  const started = new Map<number, RelayedProcess>();

  function start(workerId: number, path: string): void {
    if (!allowedPaths.includes(path)) {
      report({ kind: 'worker-gone', workerId });
      return;
    }
    const child = fork(path);
    started.set(workerId, child);
    child.on('message', (reply) => report({ kind: 'worker-reply', workerId, reply }));
    child.once('exit', () => {
      started.delete(workerId);
      report({ kind: 'worker-gone', workerId });
    });
  }

  return {
    obey: (order) => {
      if (order.kind === 'worker-start') start(order.workerId, order.path);
      else if (order.kind === 'worker-order') started.get(order.workerId)?.postMessage(order.order);
      else started.get(order.workerId)?.kill();
    },
    killAll: () => {
      for (const child of started.values()) child.kill();
    },
  };
}
