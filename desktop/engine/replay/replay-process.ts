import { EngineError } from '../../../shared/contract/failure.ts';
import type { StartWorker } from '../sql/start-worker.ts';
import type { ReplayCommand, ReplayReply } from './replay-messages.ts';

/** The process that replays: commands in turn, each with its reply. */
export type ReplayProcess = {
  /** Throws EngineError REPLAY_STEP_FAILED, REPLAY_PROCESS_DIED. */
  ask(command: ReplayCommand): Promise<ReplayReply & { ok: true }>;
  kill(): void;
};

export function startReplayProcess(startWorker: StartWorker, workerPath: string): ReplayProcess {
  const worker = startWorker(workerPath);
  let waiting: { resolve(reply: ReplayReply): void; reject(error: Error): void } | undefined;
  let gone: EngineError | undefined;
  worker.onReply((reply) => waiting?.resolve(reply as ReplayReply));
  worker.onGone((lastWords) => {
    gone = new EngineError({
      code: 'REPLAY_PROCESS_DIED',
      message: `The replay's process ended${lastWords === '' ? '' : `: ${lastWords}`}`,
    });
    waiting?.reject(gone);
  });
  return {
    ask: async (command) => {
      if (gone !== undefined) throw gone;
      const reply = await new Promise<ReplayReply>((resolve, reject) => {
        waiting = { resolve, reject };
        worker.send(command);
      });
      if (reply.ok) return reply;
      throw new EngineError({ code: 'REPLAY_STEP_FAILED', message: reply.message });
    },
    kill: () => worker.kill(),
  };
}
