// Entry of the disposable process that replays. The network is shut before anything that could use it is loaded.
import { onOrder, sendReply } from '../sql/worker-port.ts';
import { fillRuntimeGaps } from './fill-runtime-gaps.ts';
import { refuseNetwork } from './refuse-network.ts';
import type { ReplayCommand, ReplayReply } from './replay-messages.ts';

refuseNetwork();
fillRuntimeGaps();
const servant = import('./replay-servant.ts').then(({ createReplayServant }) => createReplayServant());
const send = (reply: ReplayReply): void => sendReply(reply);

onOrder((command) => {
  servant
    .then((obey) => obey(command as ReplayCommand))
    .then(send, (error: unknown) => send({ ok: false, message: error instanceof Error ? error.message : String(error) }));
});
