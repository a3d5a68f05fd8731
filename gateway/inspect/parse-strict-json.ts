/** Thrown with a reason that names the place, never the value. */
export class JsonMistake extends Error {
  override readonly name = 'JsonMistake';
}

export type JsonObject = { [key: string]: JsonValue };
/** Numbers that a double cannot hold keep their text (JSON.rawJSON) and serialise as they came. */
export type JsonValue = string | number | boolean | null | JsonObject | JsonValue[] | RawNumber;
type RawNumber = { readonly rawJSON: string };

const maximumDepth = 200;
const numberPattern = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they may not stand in a JSON string
const plainString = /[^"\\\u0000-\u001f]*/y;
const whitespace = /[ \t\r\n]*/y;

/**
 * JSON as RFC 8259 has it, minus what two parsers may read differently: duplicate keys are refused, also when one is escaped.
 * `__proto__` is a key like any other. Lone surrogates and a byte order mark are refused.
 */
export function parseStrictJson(text: string): JsonValue {
  const parser = new Parser(text);
  const value = parser.value(0);
  parser.expectEnd();
  return value;
}

class Parser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
    this.#skipSpace();
  }

  value(depth: number): JsonValue {
    if (depth > maximumDepth) throw this.#mistake(`nested deeper than ${maximumDepth}`);
    const first = this.#text[this.#at];
    if (first === '{') return this.#object(depth);
    if (first === '[') return this.#array(depth);
    if (first === '"') return this.#string();
    if (first === 't') return this.#word('true', true);
    if (first === 'f') return this.#word('false', false);
    if (first === 'n') return this.#word('null', null);
    return this.#number();
  }

  expectEnd(): void {
    this.#skipSpace();
    if (this.#at < this.#text.length) throw this.#mistake('more text after the end');
  }

  #object(depth: number): JsonObject {
    const object: JsonObject = Object.create(null);
    this.#at++;
    if (this.#take('}')) return object;
    do {
      this.#skipSpace();
      if (this.#text[this.#at] !== '"') throw this.#mistake('a key was expected');
      const key = this.#string();
      if (key in object) throw this.#mistake(`the key ${JSON.stringify(key.slice(0, 40))} is given twice`);
      if (!this.#take(':')) throw this.#mistake('":" was expected');
      this.#skipSpace();
      object[key] = this.value(depth + 1);
    } while (this.#take(','));
    if (!this.#take('}')) throw this.#mistake('"," or "}" was expected');
    return object;
  }

  #array(depth: number): JsonValue[] {
    const array: JsonValue[] = [];
    this.#at++;
    if (this.#take(']')) return array;
    do {
      this.#skipSpace();
      array.push(this.value(depth + 1));
    } while (this.#take(','));
    if (!this.#take(']')) throw this.#mistake('"," or "]" was expected');
    return array;
  }

  #string(): string {
    const start = this.#at;
    plainString.lastIndex = start + 1;
    plainString.test(this.#text);
    let end = plainString.lastIndex;
    if (this.#text[end] === '"') {
      this.#at = end + 1;
      return this.#wellFormed(this.#text.slice(start + 1, end));
    }
    while (this.#text[end] === '\\') {
      plainString.lastIndex = end + 2;
      plainString.test(this.#text);
      end = plainString.lastIndex;
    }
    if (this.#text[end] !== '"') throw this.#mistake('a string does not end, or holds a control character');
    this.#at = end + 1;
    return this.#wellFormed(this.#unescape(this.#text.slice(start, end + 1)));
  }

  #unescape(literal: string): string {
    try {
      return JSON.parse(literal) as string;
    } catch {
      throw this.#mistake('a string holds a wrong escape');
    }
  }

  #wellFormed(text: string): string {
    if (!text.isWellFormed()) throw this.#mistake('a string holds half a surrogate pair');
    return text;
  }

  #number(): number | RawNumber {
    numberPattern.lastIndex = this.#at;
    const match = numberPattern.exec(this.#text);
    if (match === null) throw this.#mistake('a value was expected');
    this.#at = numberPattern.lastIndex;
    const value = Number(match[0]);
    const isExact = match[1] === undefined && match[2] === undefined ? Number.isSafeInteger(value) : String(value) === match[0];
    return isExact && !Object.is(value, -0) ? value : (JSON as unknown as { rawJSON(text: string): RawNumber }).rawJSON(match[0]);
  }

  #word<Value>(word: string, value: Value): Value {
    if (!this.#text.startsWith(word, this.#at)) throw this.#mistake('a value was expected');
    this.#at += word.length;
    return value;
  }

  #take(sign: string): boolean {
    this.#skipSpace();
    if (this.#text[this.#at] !== sign) return false;
    this.#at++;
    return true;
  }

  #skipSpace(): void {
    if (this.#text.charCodeAt(this.#at) > 32) return;
    whitespace.lastIndex = this.#at;
    whitespace.test(this.#text);
    this.#at = whitespace.lastIndex;
  }

  #mistake(why: string): JsonMistake {
    return new JsonMistake(`${why} (at character ${this.#at})`);
  }
}
