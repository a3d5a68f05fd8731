// Entry of the disposable process that replays. The network is shut before anything that could use it is loaded.
import { fillRuntimeGaps } from './fill-runtime-gaps.ts';
import { refuseNetwork } from './refuse-network.ts';
import type { ReplayCommand, ReplayReply } from './replay-messages.ts';

refuseNetwork();
fillRuntimeGaps();
const { createReplayServant } = await import('./replay-servant.ts');
const obey = createReplayServant();

process.on('message', (command) => {
  obey(command as ReplayCommand).then(
    (reply) => send(reply),
    (error: unknown) => send({ ok: false, message: error instanceof Error ? error.message : String(error) }),
  );
});

// Whoever started this process is gone: nobody waits for the answers.
process.once('disconnect', () => process.exit());

const send = (reply: ReplayReply): void => void process.send?.(reply);
