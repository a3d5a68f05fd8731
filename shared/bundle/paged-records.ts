import { ScratchFile } from './scratch-file.ts';

const PAGE_BYTES = 65_536;
const MAX_PAGES = 32;

type Page = { readonly bytes: Buffer; isChanged: boolean };

/** Records of one length by number, in bounded memory: the pages used last are at hand, the others in a scratch file. */
export class PagedRecords {
  readonly #recordBytes: number;
  readonly #perPage: number;
  readonly #maxPages: number;
  readonly #file = new ScratchFile();
  readonly #pages = new Map<number, Page>();
  #last = -1;

  constructor(recordBytes: number, maxPages = MAX_PAGES) {
    this.#recordBytes = recordBytes;
    this.#perPage = Math.floor(PAGE_BYTES / recordBytes);
    this.#maxPages = maxPages;
  }

  /** A view on the record, zeroes unless edited before; good until the next call. */
  at(index: number): Buffer {
    return this.#record(this.#page(Math.floor(index / this.#perPage)), index);
  }

  /** The same, to be written to. */
  edit(index: number): Buffer {
    const page = this.#page(Math.floor(index / this.#perPage));
    page.isChanged = true;
    return this.#record(page, index);
  }

  close(): void {
    this.#file.close();
    this.#pages.clear();
  }

  #record({ bytes }: Page, index: number): Buffer {
    const start = (index % this.#perPage) * this.#recordBytes;
    return bytes.subarray(start, start + this.#recordBytes);
  }

  #page(number: number): Page {
    const known = this.#pages.get(number);
    if (known !== undefined && number === this.#last) return known;
    const page = known ?? this.#load(number);
    // The one used last stands last.
    this.#pages.delete(number);
    this.#pages.set(number, page);
    this.#last = number;
    return page;
  }

  #load(number: number): Page {
    const bytes = this.#pages.size < this.#maxPages ? Buffer.allocUnsafeSlow(PAGE_BYTES) : this.#evict();
    this.#file.read(bytes, number * PAGE_BYTES);
    return { bytes, isChanged: false };
  }

  /** Returns the memory of the page that was not used for longest. */
  #evict(): Buffer {
    const [number, { bytes, isChanged }] = this.#pages.entries().next().value!;
    this.#pages.delete(number);
    if (isChanged) this.#file.write(bytes, number * PAGE_BYTES);
    return bytes;
  }
}
