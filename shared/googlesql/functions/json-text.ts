// JSON as GoogleSQL keeps it: numbers keep every digit, object members are sorted by name, a repeated member's first value counts.

/** A number is kept as its text; INT64, UINT64 and FLOAT64 are told apart by it. */
export class JsonNumber {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
  get isInteger(): boolean {
    return /^-?\d+$/.test(this.text);
  }
}

export type Json = null | boolean | string | JsonNumber | readonly Json[] | ReadonlyMap<string, Json>;

const MAX_DEPTH = 500;

/** Reads one JSON text. Throws with the reason when it is none. */
export function parseJson(text: string): Json {
  const parser = new JsonParser(text);
  return parser.document();
}

export const tryParseJson = (text: string): Json | undefined => {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
};

class JsonParser {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): Json {
    const value = this.#value();
    this.#space();
    if (this.#at < this.#text.length) this.#fail();
    return value;
  }

  #fail(): never {
    throw new Error(`syntax error while parsing value at offset ${this.#at}`);
  }

  #space(): void {
    while (/[ \t\n\r]/.test(this.#text[this.#at] ?? '')) this.#at++;
  }

  #value(): Json {
    this.#space();
    const c = this.#text[this.#at];
    if (c === '{') return this.#nested(() => this.#object());
    if (c === '[') return this.#nested(() => this.#array());
    if (c === '"') return this.#string();
    for (const [word, value] of [
      ['true', true],
      ['false', false],
      ['null', null],
    ] as const) {
      if (this.#text.startsWith(word, this.#at)) {
        this.#at += word.length;
        return value;
      }
    }
    return this.#number();
  }

  #nested<T>(read: () => T): T {
    if (++this.#depth > MAX_DEPTH) throw new Error(`Max nesting of ${MAX_DEPTH} has been exceeded while parsing JSON document`);
    this.#at++;
    const value = read();
    this.#depth--;
    return value;
  }

  #number(): JsonNumber {
    const pattern = /-?(0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?/y;
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (!found) this.#fail();
    this.#at = pattern.lastIndex;
    return new JsonNumber(found![0]);
  }

  #string(): string {
    const pattern = /"(?:[^"\\]|\\.)*"/sy;
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (!found) this.#fail();
    this.#at = pattern.lastIndex;
    try {
      return JSON.parse(found![0]) as string;
    } catch {
      return this.#fail();
    }
  }

  #array(): Json[] {
    const items: Json[] = [];
    if (this.#take(']')) return items;
    do items.push(this.#value());
    while (this.#take(','));
    if (!this.#take(']')) this.#fail();
    return items;
  }

  #object(): Map<string, Json> {
    const members = new Map<string, Json>();
    if (this.#take('}')) return members;
    do {
      this.#space();
      const name = this.#text[this.#at] === '"' ? this.#string() : this.#fail();
      if (!this.#take(':')) this.#fail();
      const value = this.#value();
      if (!members.has(name)) members.set(name, value);
    } while (this.#take(','));
    if (!this.#take('}')) this.#fail();
    return members;
  }

  #take(symbol: string): boolean {
    this.#space();
    if (this.#text[this.#at] !== symbol) return false;
    this.#at++;
    return true;
  }
}

const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : a > b ? 1 : 0);

/** Compact text, members sorted. */
export function jsonText(value: Json): string {
  if (value === null) return 'null';
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return quoteJson(value);
  if (value instanceof JsonNumber) return value.text;
  if (value instanceof Map)
    return `{${[...value]
      .sort(byName)
      .map(([name, item]) => `${quoteJson(name)}:${jsonText(item)}`)
      .join(',')}}`;
  return `[${(value as readonly Json[]).map(jsonText).join(',')}]`;
}

/** Indented by two spaces, as TO_JSON_STRING(x, TRUE) prints; members in the order they have. */
export function prettyJson(value: Json, indent = ''): string {
  const inner = `${indent}  `;
  if (value instanceof Map) {
    if (!value.size) return '{}';
    const members = [...value].map(([name, item]) => `${inner}${quoteJson(name)}: ${prettyJson(item, inner)}`);
    return `{\n${members.join(',\n')}\n${indent}}`;
  }
  if (Array.isArray(value))
    return value.length ? `[\n${value.map((item: Json) => inner + prettyJson(item, inner)).join(',\n')}\n${indent}]` : '[]';
  return jsonText(value);
}

/** A JSON string; characters HTML could trip over are escaped as ZetaSQL does. */
export const quoteJson = (text: string): string =>
  JSON.stringify(text).replace(/[\u007f-\u009f\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);

export const isObject = (value: Json | undefined): value is ReadonlyMap<string, Json> => value instanceof Map;
export const isArray = (value: Json | undefined): value is readonly Json[] => Array.isArray(value);
export const isNumber = (value: Json | undefined): value is JsonNumber => value instanceof JsonNumber;

export const JSON_TYPE_NAMES = (value: Json): string => {
  if (value === null) return 'null';
  if (typeof value === 'object') return isNumber(value) ? 'number' : isArray(value) ? 'array' : 'object';
  return typeof value;
};

const MAX_UINT64 = 2n ** 64n - 1n;
const MIN_INT64 = -(2n ** 63n);

/** A number as JSON keeps it: integers of 64 bits stay, all else becomes a double; `exact` refuses what a double would change. */
export function normaliseNumber(text: string, mode: string): string {
  if (/^-?\d+$/.test(text)) {
    const value = BigInt(text);
    if (value >= MIN_INT64 && value <= MAX_UINT64) return text === '-0' ? '-0.0' : text;
  }
  const value = Number(text);
  if (!Number.isFinite(value)) throw new Error(`Input number: ${text} cannot round-trip through string representation`);
  if (mode === 'exact' && !isSameDecimal(text, value))
    throw new Error(`Input number: ${text} cannot round-trip through string representation`);
  return doubleText(value);
}

/** A double in JSON: always with a point or an exponent. */
export function doubleText(value: number): string {
  if (Object.is(value, -0)) return '-0.0';
  const text = String(value).replace(/e([-+])(\d)$/, 'e$10$2');
  return /[.e]/.test(text) ? text : Math.abs(value) < 1e21 ? `${text}.0` : text;
}

function isSameDecimal(text: string, value: number): boolean {
  const canonical = (t: string): string => {
    const [, sign, whole, fraction = '', exponent = '0'] = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([-+]?\d+))?$/.exec(t)!;
    const digits = `${whole}${fraction}`.replace(/^0+/, '');
    const stripped = digits.replace(/0+$/, '');
    return `${stripped ? sign : ''}${stripped}e${stripped ? Number(exponent) - fraction.length + digits.length - stripped.length : 0}`;
  };
  return canonical(text) === canonical(String(value));
}

export function normaliseJson(value: Json, mode: string): Json {
  if (isNumber(value)) return new JsonNumber(normaliseNumber(value.text, mode));
  if (isArray(value)) return value.map((item) => normaliseJson(item, mode));
  if (isObject(value)) return new Map([...value].map(([name, item]) => [name, normaliseJson(item, mode)]));
  return value;
}
