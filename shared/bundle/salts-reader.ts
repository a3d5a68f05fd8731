import { isFault } from './bundle-error.ts';
import { isCanonicalText } from './canonical-text.ts';
import { type BodySalts, bundlePaths, type ColumnSalts } from './format.ts';
import { parseBodySalts, parseColumnSalts } from './parse-record.ts';
import { parseJson } from './read-evidence.ts';
import { readLineRuns } from './read-lines.ts';
import type { MemberArchive } from './zip-archive.ts';

const MAX_LINE_BYTES = 64 * 1_048_576;

type Line = { readonly exchange: number } & ({ readonly bodies: BodySalts['bodies'] } | ColumnSalts);

/**
 * Finds the salts of an exchange while the leaves pass: lines stand in the order of the leaves, so one line of look-ahead is enough. What has no line has
 * no salts, or lost them. `fault` is told of a line that does not fit the format; nothing is read after it.
 */
export class SaltsReader {
  readonly #runs: AsyncGenerator<readonly Buffer[]>;
  readonly #fault: (detail: string) => void;
  #lines: readonly Buffer[] = [];
  #at = 0;
  #next: Line | undefined;
  #isDone = false;

  constructor(zip: MemberArchive, fault: (detail: string) => void) {
    const entry = zip.entries.get(bundlePaths.salts);
    this.#runs = entry === undefined ? none() : readLineRuns(zip.stream(entry), MAX_LINE_BYTES, bundlePaths.salts);
    this.#fault = fault;
  }

  async bodies(exchange: number): Promise<BodySalts['bodies']> {
    const line = await this.#peek();
    if (line?.exchange !== exchange || !('bodies' in line)) return [];
    this.#next = undefined;
    return line.bodies;
  }

  async columns(exchange: number): Promise<ColumnSalts | undefined> {
    const line = await this.#peek();
    if (line?.exchange !== exchange || !('columns' in line)) return undefined;
    this.#next = undefined;
    return line;
  }

  /** Of which exchange there are salts that nobody asked for, once all leaves have passed. */
  async leftOver(): Promise<number | undefined> {
    return (await this.#peek())?.exchange;
  }

  async close(): Promise<void> {
    await this.#runs.return(undefined);
  }

  async #peek(): Promise<Line | undefined> {
    if (this.#next !== undefined || this.#isDone) return this.#next;
    try {
      while (this.#at === this.#lines.length) {
        const step = await this.#runs.next();
        if (step.done) return this.#end();
        [this.#lines, this.#at] = [step.value, 0];
      }
    } catch (error) {
      if (!isFault(error)) throw error;
      return this.#end(error.message);
    }
    const line = this.#lines[this.#at]!;
    this.#at += 1;
    this.#next = parseLine(line);
    return this.#next ?? this.#end('holds a line that does not fit the format');
  }

  #end(detail?: string): undefined {
    this.#isDone = true;
    if (detail !== undefined) this.#fault(detail);
    return undefined;
  }
}

function parseLine(line: Buffer): Line | undefined {
  const text = line.toString('utf8');
  const value = parseJson(text);
  const isOfBodies = typeof value === 'object' && value !== null && 'bodies' in value;
  const parsed = isOfBodies ? parseBodySalts(value) : parseColumnSalts(value);
  return parsed !== undefined && isCanonicalText(value, text) ? parsed : undefined;
}

async function* none(): AsyncGenerator<readonly Buffer[]> {
  // A bundle without the file: the manifest says that it is missing.
}
