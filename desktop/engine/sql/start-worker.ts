import { type ChildProcess, fork } from 'node:child_process';

/** A started process that takes one order. `kill` is final and at once. */
export type Worker = {
  send(order: unknown): void;
  onReply(listener: (reply: unknown) => void): void;
  /** Called once, when the process is gone: the end of its error output, if any. */
  onGone(listener: (lastWords: string) => void): void;
  kill(): void;
};

export type StartWorker = (path: string) => Worker;

const keptWords = 2000;

/** A Node process with an empty environment. Inside Electron, `fork` makes the same of the app's own binary. */
export const forkWorker: StartWorker = (path) => {
  const electron = process.versions['electron'] === undefined ? {} : { ELECTRON_RUN_AS_NODE: '1' };
  const child: ChildProcess = fork(path, [], {
    env: electron,
    execArgv: [],
    serialization: 'json',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let lastWords = '';
  child.stderr?.on('data', (data: Buffer) => {
    lastWords = (lastWords + data.toString()).slice(-keptWords);
  });
  child.on('error', (error) => {
    lastWords += error.message;
  });
  return {
    send: (order) => {
      if (child.connected) child.send(order as object);
    },
    onReply: (listener) => child.on('message', listener),
    onGone: (listener) => child.once('close', () => listener(lastWords.trim())),
    kill: () => child.kill('SIGKILL'),
  };
};
