// The way of a worker process to whoever started it: Node's IPC channel, or the port of an Electron utility process.

type ParentPort = {
  on(event: 'message', listener: (event: { readonly data: unknown }) => void): void;
  postMessage(message: unknown): void;
};

const parentPort = (process as { readonly parentPort?: ParentPort }).parentPort;

export function onOrder(listener: (order: unknown) => void): void {
  if (parentPort !== undefined) {
    // A utility process ends with its app.
    parentPort.on('message', ({ data }) => listener(data));
    return;
  }
  process.on('message', listener);
  // Whoever started this process is gone: nobody waits for the answer.
  process.once('disconnect', () => process.exit());
}

export function sendReply(reply: unknown): void {
  if (parentPort !== undefined) parentPort.postMessage(reply);
  else process.send?.(reply);
}
