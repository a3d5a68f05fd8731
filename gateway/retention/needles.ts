import { gunzipSync } from 'node:zlib';

const MAX_SCANNED_BYTES = 256 * 1_048_576;
/** Shorter texts stand everywhere by chance. */
const MIN_CHARACTERS = 4;

/**
 * Redacted texts, to be found wherever else they stand: as they are, escaped in JSON in any of its ways, percent-encoded in an address, in a
 * compressed body.
 */
export class Needles {
  readonly #texts = new Set<string>();

  add(texts: Iterable<string>, minCharacters = MIN_CHARACTERS): void {
    for (const text of texts) if (text.length >= minCharacters) this.#texts.add(text);
  }

  get isEmpty(): boolean {
    return this.#texts.size === 0;
  }

  areIn(bytes: Uint8Array): boolean {
    if (this.isEmpty || bytes.length === 0) return false;
    const text = unpack(bytes).toString('utf8');
    return this.#inText(text) || text.split('\n').some((line) => this.#inJson(line)) || this.#inJson(text);
  }

  #inText(text: string): boolean {
    for (const needle of this.#texts) {
      if (text.includes(needle) || text.includes(JSON.stringify(needle).slice(1, -1)) || text.includes(encodeURIComponent(needle)))
        return true;
    }
    return false;
  }

  #inJson(text: string): boolean {
    if (!/^\s*[[{"]/.test(text)) return false;
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      return false;
    }
    for (const each of textsIn(value)) if (this.#inText(each) || this.#inText(decoded(each))) return true;
    return false;
  }
}

/** Texts and names of a JSON value. */
function* textsIn(value: unknown): Generator<string> {
  if (typeof value === 'string') yield value;
  else if (Array.isArray(value)) for (const each of value) yield* textsIn(each);
  else if (typeof value === 'object' && value !== null)
    for (const [name, each] of Object.entries(value)) {
      yield name;
      yield* textsIn(each);
    }
}

function unpack(bytes: Uint8Array): Buffer {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (buffer[0] !== 0x1f || buffer[1] !== 0x8b) return buffer;
  try {
    return gunzipSync(buffer, { maxOutputLength: MAX_SCANNED_BYTES });
  } catch {
    return buffer;
  }
}

function decoded(text: string): string {
  if (!/[%+]/.test(text)) return text;
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}
