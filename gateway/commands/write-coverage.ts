import { writeFileSync } from 'node:fs';
import { takeWindow } from '../record/write-window.ts';
import { requireConfig } from './require-config.ts';

/** Writes the entries of the writer log that show what was recorded between two instants, for `steno verify`. */
export async function writeCoverage(options: {
  readonly config: string;
  readonly from: string;
  readonly to: string;
  readonly output: string;
}): Promise<void> {
  const { dataDirectory } = await requireConfig(options.config);
  const [from, to] = [parseInstant(options.from, '--from'), parseInstant(options.to, '--to')];
  if (from >= to) throw new Error('--from must be before --to.');
  const window = takeWindow(dataDirectory, from, to);
  writeFileSync(options.output, `${JSON.stringify(window)}\n`);
  console.log(
    `${options.output}: entries ${window.first} to ${window.first + window.leaves.length - 1} of ${window.writer}. "steno verify ${options.output}" judges it.`,
  );
}

/** Throws on what is no instant. Without a zone it is UTC. */
export function parseInstant(text: string, option: string): string {
  const withZone = /(Z|[+-]\d\d:?\d\d)$/i.test(text) ? text : /T/.test(text) ? `${text}Z` : text;
  const ms = Date.parse(withZone);
  if (Number.isNaN(ms) || !/^\d{4}-\d\d-\d\d/.test(text))
    throw new Error(`${option} must be an instant such as 2026-03-01T00:00:00Z, not "${text}".`);
  return new Date(ms).toISOString();
}
