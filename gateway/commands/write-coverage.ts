import { writeFileSync } from 'node:fs';
import { parseInstant } from '../../shared/bundle/window/parse-instant.ts';
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
  const [from, to] = [toInstant(options.from, '--from'), toInstant(options.to, '--to')];
  if (from >= to) throw new Error('--from must be before --to.');
  const window = takeWindow(dataDirectory, from, to);
  writeFileSync(options.output, `${JSON.stringify(window)}\n`);
  console.log(
    `${options.output}: entries ${window.first} to ${window.first + window.leaves.length - 1} of ${window.writer}. "steno verify ${options.output}" judges it.`,
  );
}

/** Throws on what is no instant. Without a zone it is UTC. */
function toInstant(text: string, option: string): string {
  const instant = parseInstant(text);
  if (instant === undefined) throw new Error(`${option} must be an instant such as 2026-03-01T00:00:00Z, not "${text}".`);
  return instant;
}
