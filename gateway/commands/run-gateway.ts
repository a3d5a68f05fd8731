import { flushCompileCache } from 'node:module';
import closeWithGrace from 'close-with-grace';
import { letHeapGrow } from '../../shared/base/keep-heap-small.ts';
import { startGateway } from '../main.ts';

/** Beyond what is under way: for the record, the seals of sessions and connections to close. */
const closingMs = 30_000;
/** After it listens: a pause of about 100 ms that nobody should meet who waits for it to answer. */
const settleAfterMs = 2_000;
const signals = ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGTERM'] as const;

/**
 * Runs until a signal, which lets what is under way finish; a second one cuts it off. Either way all of it is recorded; a third ends
 * the process as a crash would, which the next start recovers from. Throws ConfigRefused with every mistake.
 */
export async function runGateway(configPath: string): Promise<void> {
  // Node would open its debugger, to which memory and credentials are open.
  process.on('SIGUSR1', () => undefined);
  const gateway = await startGateway(configPath);
  setTimeout(settle, settleAfterMs).unref();
  const grace = closeWithGrace({ delay: gateway.shutdownMs + closingMs, skip: [...signals] }, async ({ err }) => {
    if (err) console.error(err);
    await gateway.close();
  });
  let count = 0;
  const onSignal = (): void => {
    count++;
    if (count === 1) grace.close();
    else if (count === 2) gateway.hurry();
    else process.exit(1);
  };
  for (const signal of signals) process.on(signal, onSignal);
}

function settle(): void {
  letHeapGrow();
  // Node keeps what it compiled when it ends, which a killed process does not.
  flushCompileCache();
}
