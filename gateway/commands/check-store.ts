import { checkStore } from '../store/check-store.ts';
import { requireConfig } from './require-config.ts';

const marks = { passed: 'ok  ', failed: 'FAIL' } as const;

/** Prints one line for each thing that a store of recordings must do, and sets the exit code: 0 all of them, 1 not. */
export async function checkStoreOf(options: { config: string; json?: true }): Promise<void> {
  const config = await requireConfig(options.config);
  for await (const check of checkStore(config)) {
    console.log(options.json === true ? JSON.stringify(check) : `${marks[check.status]} ${check.name.padEnd(38)} ${check.detail}`);
    if (check.status === 'failed') process.exitCode = 1;
  }
}
