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

/** One step of a path without wildcards. */
export type JsonStep = { readonly member: string } | { readonly index: number };

/** Undefined also where the text is no JSON up to there. */
export function findInJson(text: string, steps: readonly JsonStep[]): Json | undefined {
  try {
    return new JsonParser(text).find(steps);
  } catch {
    return undefined;
  }
}

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

  /** The value a path leads to, read no further than that: what follows it may be anything. Undefined where it leads nowhere. */
  find([step, ...rest]: readonly JsonStep[]): Json | undefined {
    if (!step) return this.#value();
    this.#space();
    if (this.#text[this.#at] === '{') return 'member' in step ? this.#findMember(step.member, rest) : undefined;
    if (this.#text[this.#at] !== '[') return undefined;
    const index = 'index' in step ? step.index : /^\d+$/.test(step.member) ? Number(step.member) : -1;
    return index < 0 ? undefined : this.#findElement(index, rest);
  }

  #findMember(wanted: string, rest: readonly JsonStep[]): Json | undefined {
    this.#at++;
    if (this.#take('}')) return undefined;
    do {
      this.#space();
      const name = this.#text[this.#at] === '"' ? this.#string() : this.#fail();
      if (!this.#take(':')) this.#fail();
      if (name === wanted) return this.find(rest);
      this.#value();
    } while (this.#take(','));
    return undefined;
  }

  #findElement(index: number, rest: readonly JsonStep[]): Json | undefined {
    this.#at++;
    if (this.#take(']')) return undefined;
    for (let i = 0; ; i++) {
      if (i === index) return this.find(rest);
      this.#value();
      if (!this.#take(',')) return undefined;
    }
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
      const text = JSON.parse(found![0]) as string;
      return text.isWellFormed() ? text : this.#fail();
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

/** Compact text; members sorted, as a JSON value has them, unless `isRaw`, as a STRING has them. */
export function jsonText(value: Json, isRaw = false): string {
  if (value === null) return 'null';
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return quoteJson(value);
  if (value instanceof JsonNumber) return value.text;
  if (value instanceof Map) {
    const members = isRaw ? [...value] : [...value].sort(byName);
    return `{${members.map(([name, item]) => `${quoteJson(name)}:${jsonText(item, isRaw)}`).join(',')}}`;
  }
  return `[${(value as readonly Json[]).map((item) => jsonText(item, isRaw)).join(',')}]`;
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

/** A double in JSON: always with a point or an exponent, which more than 15 digits before the point or four zeros behind it bring. */
export function doubleText(value: number): string {
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0';
  const [, sign, whole, fraction = '', exponentText] = /^(-?)(\d)(?:\.(\d+))?e([-+]\d+)$/.exec(value.toExponential())!;
  const digits = whole + fraction;
  const exponent = Number(exponentText);
  const point = exponent + 1;
  if (point > 0 && point <= 15) return `${sign}${digits.slice(0, point).padEnd(point, '0')}.${digits.slice(point) || '0'}`;
  if (point > -4 && point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  return `${sign}${whole}${fraction && `.${fraction}`}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
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
