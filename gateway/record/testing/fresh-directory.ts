import { onTestFinished } from 'vitest';
import { aDirectory } from './an-exchange.ts';

/** A data directory of the test under way, gone when it is over. */
export function freshDirectory(): string {
  const { directory, remove } = aDirectory();
  onTestFinished(remove);
  return directory;
}
