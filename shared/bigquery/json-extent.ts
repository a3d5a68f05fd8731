import { BACKSLASH, CLOSE_LIST, CLOSE_OBJECT, COMMA, isBlank, OPEN_LIST, OPEN_OBJECT, QUOTE } from './row-states.ts';

/** Finds where a JSON value ends, byte by byte; whether it is JSON at all, JSON.parse says. */
export class JsonExtent {
  #depth = 0;
  #place: 'outside' | 'string' | 'escape' = 'outside';

  /** `here`: this byte is its last; `before`: the byte before was. */
  take(byte: number): 'here' | 'before' | undefined {
    if (this.#place === 'escape') this.#place = 'string';
    else if (this.#place === 'string') return this.#inString(byte);
    else if (byte === QUOTE) this.#place = 'string';
    else if (byte === OPEN_OBJECT || byte === OPEN_LIST) this.#depth += 1;
    else if (this.#depth === 0) return byte === COMMA || byte === CLOSE_OBJECT || isBlank(byte) ? 'before' : undefined;
    else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) {
      this.#depth -= 1;
      return this.#depth === 0 ? 'here' : undefined;
    }
    return undefined;
  }

  #inString(byte: number): 'here' | undefined {
    if (byte === BACKSLASH) this.#place = 'escape';
    else if (byte === QUOTE) {
      this.#place = 'outside';
      return this.#depth === 0 ? 'here' : undefined;
    }
    return undefined;
  }
}
