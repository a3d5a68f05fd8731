// The format model of `CAST(number AS STRING FORMAT …)`, read: `S9,999.99`, `FM0000x`, `9.9EEEE`, `RN`.

/** One place of the output: a digit (`0`, `9`, `X`, `x`) or a group separator. */
export type Place = '0' | '9' | 'X' | 'x' | ',';

export type NumberModel = {
  /** Places before and behind the decimal point, or what stands for it (V). */
  readonly whole: readonly Place[];
  readonly fraction: readonly Place[];
  readonly point: '' | '.' | 'V';
  readonly sign: '' | 'leading' | 'trailing' | 'MI' | 'PR';
  readonly currency: string;
  /** `E` or `e` of an exponent. */
  readonly exponent: string;
  /** `RN` or `rn`. */
  readonly roman: string;
  readonly fillMode: boolean;
  readonly blankZero: boolean;
};

function fail(message: string): never {
  throw new Error(`Error in format string: ${message}`);
}

const ELEMENTS = /FM|MI|PR|EEEE|RN|TM[9E]?|[09XSDV.,G$LCB]|([\s\S])/gi;
const CURRENCIES: Readonly<Record<string, string>> = { $: '$', L: '$', l: '$', C: 'USD', c: 'usd' };

class ModelReader {
  #model: { -readonly [Key in keyof NumberModel]: NumberModel[Key] } = {
    whole: [],
    fraction: [],
    point: '',
    sign: '',
    currency: '',
    exponent: '',
    roman: '',
    fillMode: false,
    blankZero: false,
  };
  #isClosed = false;

  read(text: string): NumberModel {
    for (const [element, unknown] of text.matchAll(ELEMENTS)) {
      if (unknown !== undefined) fail(`Invalid format element '${unknown}'`);
      this.#element(element, element.toUpperCase());
    }
    this.#check();
    return this.#model;
  }

  get #digits(): readonly Place[] {
    return [...this.#model.whole, ...this.#model.fraction];
  }

  #element(written: string, element: string): void {
    const model = this.#model;
    if (this.#isClosed && element !== 'FM' && !'$LC'.includes(element) && element !== 'S') fail(`Unexpected format element '${written}'`);
    if (element === 'FM') model.fillMode = model.fillMode ? fail(`'FM' cannot be repeated`) : true;
    else if (element === 'B') model.blankZero = model.blankZero ? fail(`There can be at most one 'B'`) : true;
    else if (element in CURRENCIES)
      model.currency = model.currency ? fail(`There can be at most one of '$', 'C' or 'L'`) : CURRENCIES[written]!;
    else if (element === 'S' || element === 'MI' || element === 'PR') this.#sign(element);
    else if (element === '.' || element === 'D' || element === 'V') this.#point(element);
    else if (element === ',' || element === 'G') this.#separator(written);
    else if (element === 'EEEE') this.#exponent(written);
    else if (element === 'RN') model.roman = written;
    else if (element.startsWith('TM')) throw new Error('Text minimal output is not supported');
    else this.#digit(written === 'x' ? 'x' : (element as Place));
  }

  #digit(place: Place): void {
    const model = this.#model;
    if (model.exponent || model.sign === 'trailing') fail(`'S' can only appear before or after all digits and 'EEEE'`);
    if (model.point) model.fraction = [...model.fraction, place];
    else model.whole = [...model.whole, place];
  }

  #sign(element: 'S' | 'MI' | 'PR'): void {
    const model = this.#model;
    if (model.sign) fail(`There can be at most one of 'S', 'MI', or 'PR'`);
    const hasDigits = this.#digits.length > 0;
    if (element !== 'S' && !hasDigits) fail(`'${element}' can only appear after all digits and 'EEEE'`);
    model.sign = element === 'S' ? (hasDigits ? 'trailing' : 'leading') : element;
    this.#isClosed = element !== 'S';
  }

  #point(element: string): void {
    if (this.#model.point) fail(`There can be at most one of '.', 'D', or 'V'`);
    this.#model.point = element === 'V' ? 'V' : '.';
  }

  #separator(written: string): void {
    const model = this.#model;
    if (model.point) fail(`',' or 'G' cannot appear after '.', 'D' or 'V'`);
    if (!model.whole.length) fail(`Unexpected '${written}'`);
    model.whole = [...model.whole, ','];
  }

  #exponent(written: string): void {
    if (!this.#digits.length || this.#model.exponent) fail(`Unexpected '${written}'`);
    this.#model.exponent = written[0]!;
  }

  #check(): void {
    const { roman, point, exponent, currency } = this.#model;
    const digits = this.#digits;
    if (roman) {
      if (digits.length || point || exponent || currency || this.#model.sign) fail(`'RN' cannot appear together with other elements`);
      return;
    }
    const hexDigits = digits.filter((place) => place === 'X' || place === 'x').length;
    if (!digits.some((place) => place !== ',')) fail(`Format string must contain at least one of 'X', '0' or '9'`);
    if (hexDigits > 16) fail(`Max number of 'X' is 16`);
    if (!hexDigits) return;
    const foreign = point || (digits.includes('9') && '9') || (digits.includes(',') && ',') || (exponent && 'EEEE') || (currency && '$');
    if (foreign || this.#model.blankZero) fail(`'X' cannot appear together with '${foreign || 'B'}'`);
  }
}

const known = new Map<string, NumberModel>();

/** Throws with the reason when the text is no model. */
export function readNumberModel(text: string): NumberModel {
  const model = known.get(text) ?? new ModelReader().read(text);
  if (known.size < 200) known.set(text, model);
  return model;
}
