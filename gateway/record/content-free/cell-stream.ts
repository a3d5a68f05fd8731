import { RowScanner, RowsUnreadable } from '../../../shared/bigquery/scan-rows.ts';
import { CELL_BYTES } from '../../../shared/bundle/format.ts';
import { toCanonical } from '../../../shared/bundle/result-columns.ts';
import type { CellDigests } from './cell-digests.ts';

const BUFFER_BYTES = 65_536;
/** Most answers are small. */
const FIRST_BYTES = 4_096;
const NOTHING: Buffer = Buffer.alloc(0);

/** An answer passes through, its cells' keyed digests come out in pieces of at most 64 KiB: row by row, 16 bytes a column. */
export class CellStream {
  readonly #digests: CellDigests;
  readonly #onCells: (cells: Buffer) => void;
  readonly #scanner: RowScanner;
  #buffer: Buffer = NOTHING;
  #at = 0;
  #names: readonly string[] | undefined;

  constructor(digests: CellDigests, onCells: (cells: Buffer) => void) {
    this.#digests = digests;
    this.#onCells = onCells;
    this.#scanner = new RowScanner({
      cell: (_column, source, from, to, isCanonical) => this.#cell(source, from, to, isCanonical),
      member: (name, value) => {
        if (name === 'schema') this.#names = namesOf(value);
      },
    });
  }

  /** What the columns are called, once it is known that they are as many as the cells of a row. */
  get names(): readonly string[] | undefined {
    return this.#names?.length === this.#scanner.columns ? this.#names : undefined;
  }

  /** Throws RowsUnreadable: then this chunk must be neither kept nor passed on. */
  push(chunk: Uint8Array): void {
    this.#scanner.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length));
  }

  /** What was scanned is all there is. Throws RowsUnreadable when the answer says that more must come. */
  end(): void {
    this.#scanner.end();
    this.flush();
  }

  flush(): void {
    if (this.#at === 0) return;
    // Handed over by reference: the next cells need another.
    this.#onCells(this.#buffer.subarray(0, this.#at));
    this.#buffer = NOTHING;
    this.#at = 0;
  }

  #cell(source: Buffer, from: number, to: number, isCanonical: boolean): void {
    if (this.#at === this.#buffer.length) this.#makeRoom();
    if (isCanonical) this.#digests.write(source, from, to, this.#buffer, this.#at);
    else this.#writeOther(source, from, to);
    this.#at += CELL_BYTES;
  }

  #makeRoom(): void {
    if (this.#at === BUFFER_BYTES) this.flush();
    const larger = Buffer.allocUnsafe(this.#at === 0 ? FIRST_BYTES : BUFFER_BYTES);
    this.#buffer.copy(larger, 0, 0, this.#at);
    this.#buffer = larger;
  }

  #writeOther(source: Buffer, from: number, to: number): void {
    try {
      const text = Buffer.from(toCanonical(JSON.parse(source.toString('utf8', from, to))));
      this.#digests.write(text, 0, text.length, this.#buffer, this.#at);
    } catch (error) {
      throw new RowsUnreadable(`a value without canonical form: ${(error as Error).message}`);
    }
  }
}

const MAX_NAMES = 10_000;
const MAX_NAME = 1_024;

/** Of a schema as BigQuery writes it. */
function namesOf(schema: unknown): string[] | undefined {
  const { fields } = (schema ?? {}) as { readonly fields?: unknown };
  if (!Array.isArray(fields) || fields.length === 0 || fields.length > MAX_NAMES) return undefined;
  const names = fields.map((field: unknown) => (field as { readonly name?: unknown } | null)?.name);
  const isName = (name: unknown): name is string => typeof name === 'string' && name.length <= MAX_NAME && name.isWellFormed();
  return names.every(isName) ? names : undefined;
}
