import { JsonExtent } from './json-extent.ts';
import { BACKSLASH, QUOTE } from './row-states.ts';

const MAX_BYTES = 16 * 1_048_576;
const MAX_MEMBERS = 100;
const MAX_NAME_CHARACTERS = 200;

/** What stands in a page beside its rows: each name once, each value parsed as a whole. `fail` gets what is wrong, and where in the chunk. */
export class PageMembers {
  readonly #fail: (what: string, index: number) => never;
  readonly #names = new Set<string>();
  #name = '';
  #bytes = 0;
  #extent = new JsonExtent();

  constructor(fail: (what: string, index: number) => never) {
    this.#fail = fail;
  }

  get name(): string {
    return this.#name;
  }

  beginName(): void {
    this.#name = '';
  }

  /** True when the name is over. */
  nameByte(byte: number, index: number): boolean {
    if (byte === BACKSLASH || byte < 0x20 || this.#name.length > MAX_NAME_CHARACTERS)
      this.#fail('a name that BigQuery does not write', index);
    if (byte !== QUOTE) {
      this.#name += String.fromCharCode(byte);
      return false;
    }
    if (this.#names.has(this.#name) || this.#names.size === MAX_MEMBERS) this.#fail('a member twice, or too many', index);
    this.#names.add(this.#name);
    return true;
  }

  beginValue(): void {
    this.#extent = new JsonExtent();
  }

  /** As JsonExtent says where the value ends. */
  valueByte(byte: number): 'here' | 'before' | undefined {
    return this.#extent.take(byte);
  }

  parse(bytes: Buffer, index: number): unknown {
    this.#bytes += bytes.length;
    if (this.#bytes > MAX_BYTES) this.#fail('more beside the rows than is read', index);
    try {
      return JSON.parse(bytes.toString('utf8'));
    } catch {
      return this.#fail('a member that is not JSON', index);
    }
  }
}
