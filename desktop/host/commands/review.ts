import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createEngineClient } from '../../../shared/contract/create-engine-client.ts';
import type { EngineApi } from '../../../shared/contract/engine-api.ts';
import { createReviewEngine } from '../../engine/create-review-engine.ts';
import { createHost } from '../create-host.ts';

export type ReviewOptions = {
  readonly open: boolean;
  readonly port?: number;
  /** Minutes without an open window after which the server ends by itself. */
  readonly idle?: number;
  /** Files with age identities. */
  readonly identity?: readonly string[];
};

const screens = join(import.meta.dirname, '../../../out/web');

/** Serves the screens until Ctrl+C, or until nobody looked for `idle` minutes. */
export async function review(bundles: readonly string[], options: ReviewOptions): Promise<void> {
  const paths = bundles.map((path) => resolve(path));
  const missing = paths.find((path) => !existsSync(path));
  if (missing !== undefined) throw new Error(`There is no file ${missing}.`);
  const engine = await createReviewEngine({ identityFiles: options.identity ?? [] });
  if (paths.length > 0) await openBundles(createEngineClient(engine), paths);
  const stop = async (): Promise<void> => {
    await host.app.close();
    await engine.close();
    process.exit(0);
  };
  const idle = options.idle === undefined ? {} : { idleMs: options.idle * 60_000, onIdle: () => void stop() };
  const host = await createHost({ engine, screens, ...idle });
  const link = await host.listen(options.port);
  process.once('SIGINT', () => void stop());
  process.once('SIGTERM', () => void stop());
  console.log(`Review: ${link}`);
  if (options.open) openBrowser(link);
}

/** Verification and loading go on in the background. Throws when none of the files is a bundle, in the engine's words. */
async function openBundles(engine: EngineApi, paths: string[]): Promise<void> {
  const opened = await engine.tryCall('case:open', { paths });
  if (!opened.ok) throw new Error([opened.error.message, opened.error.remedy].filter((each) => each !== undefined).join(' '));
}

function openBrowser(link: string): void {
  const [program, ...args] = { darwin: ['open'], win32: ['cmd', '/c', 'start', ''] }[process.platform as string] ?? ['xdg-open'];
  const child = spawn(program as string, [...args, link], { stdio: 'ignore', detached: true });
  child.once('error', () => console.log('No browser could be opened here: open the address above.'));
  child.unref();
}
