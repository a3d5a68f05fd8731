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

  constructor(digests: CellDigests, onCells: (cells: Buffer) => void) {
    this.#digests = digests;
    this.#onCells = onCells;
    this.#scanner = new RowScanner({ cell: (_column, source, from, to, isCanonical) => this.#cell(source, from, to, isCanonical) });
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
