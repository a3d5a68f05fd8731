import closeWithGrace from 'close-with-grace';
import { startGateway } from '../main.ts';

/** Longest wait for what is in flight when the process is told to end. */
const graceMs = 30_000;

/** Runs until SIGTERM or SIGINT, which finishes and records what is under way. Throws ConfigRefused with every mistake. */
export async function runGateway(configPath: string): Promise<void> {
  // Node would open its debugger, to which memory and credentials are open.
  process.on('SIGUSR1', () => undefined);
  const gateway = await startGateway(configPath);
  closeWithGrace({ delay: graceMs }, async ({ err }) => {
    if (err) console.error(err);
    await gateway.close();
  });
}
