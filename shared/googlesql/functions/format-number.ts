import { type Exact, exactOfFloat, exactOfText, scaledTo } from './exact-number.ts';
import { type NumberModel, type Place, readNumberModel } from './number-model.ts';
import type { ScalarUdf } from './scalar-udf.ts';

// CAST(number AS STRING FORMAT …).

type Special = 'NAN' | 'INF';

const digitPlaces = (places: readonly Place[]): number => places.filter((place) => place !== ',').length;

/** Digits put into their places from the right; what is left of them is blank, from a `0` on a zero. Undefined: they do not fit. */
function placed(digits: string, places: readonly Place[]): string | undefined {
  const firstZero = places.indexOf('0');
  let rest = digits;
  let text = '';
  for (let i = places.length - 1; i >= 0; i--) {
    const isOpen = rest.length > 0 || (firstZero >= 0 && firstZero <= i);
    const hasMore = rest.length > 0 || (firstZero >= 0 && firstZero < i);
    if (places[i] === ',') text = (hasMore ? ',' : ' ') + text;
    else {
      text = (rest ? cased(rest.at(-1)!, places, i) : isOpen ? '0' : ' ') + text;
      rest = rest.slice(0, -1);
    }
  }
  return rest ? undefined : text;
}

/** Hexadecimal letters follow their place; a 0 the next X or x. */
function cased(digit: string, places: readonly Place[], index: number): string {
  const next = places.slice(index).find((place) => place === 'X' || place === 'x');
  return next === 'x' ? digit : digit.toUpperCase();
}

const hashes = (places: readonly Place[]): string => places.map((place) => (place === ',' ? ',' : '#')).join('');

/** The number without sign and currency. */
function body(value: Exact, model: NumberModel): string {
  if (model.exponent) return scientific(value, model);
  if (model.whole.some((place) => place === 'X' || place === 'x'))
    return placed(scaledTo({ ...value, tiesToEven: false }, 0).toString(16), model.whole) ?? hashes(model.whole);
  const places = model.fraction.length;
  const scaled = scaledTo(value, places)
    .toString()
    .padStart(places + 1, '0');
  const whole = places ? scaled.slice(0, -places) : scaled;
  let fraction = places ? scaled.slice(-places) : '';
  const point = model.point === '.' ? '.' : '';
  if (model.fillMode && model.point !== 'V') fraction = fraction.replace(/0+$/, '');
  const isWholeShown = whole !== '0' || (!fraction && digitPlaces(model.whole) > 0);
  const text = placed(isWholeShown ? whole : '', model.whole);
  return text === undefined ? hashes(model.whole) + point + hashes(model.fraction) : text + point + fraction;
}

function scientific(value: Exact, model: NumberModel): string {
  const places = model.fraction.length;
  let exponent = value.digits === 0n ? 0 : value.digits.toString().length - 1 - value.scale;
  const mantissaAt = (power: number): bigint =>
    power > places ? scaledTo({ ...value, scale: value.scale + power }, places) : scaledTo(value, places - power);
  let mantissa = mantissaAt(exponent);
  if (mantissa >= 10n ** BigInt(places + 1)) mantissa = mantissaAt(++exponent);
  const text = mantissa.toString().padStart(places + 1, '0');
  const fraction = model.fillMode ? text.slice(1).replace(/0+$/, '') : text.slice(1);
  const point = model.point === '.' ? '.' : '';
  if (model.point === 'V') exponent -= places;
  const power = `${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
  return `${text[0]}${point}${fraction}${model.exponent}${power}`;
}

/** Characters the model's digits take. */
const width = ({ whole, fraction, point, exponent }: NumberModel): number =>
  exponent ? 1 + (point === '.' ? 1 : 0) + fraction.length + 4 : whole.length + (point === '.' ? 1 : 0) + fraction.length;

function specialBody(name: Special, model: NumberModel): string {
  if (model.exponent) return name.padStart(width(model));
  const isHex = model.whole.some((place) => place === 'X' || place === 'x');
  const behind = (model.point === '.' ? 1 : 0) + model.fraction.length;
  if (isHex || digitPlaces(model.whole) < 3) return hashes(model.whole) + (model.point === '.' ? '.' : '') + hashes(model.fraction);
  return name.padStart(model.whole.length) + ' '.repeat(behind);
}

/** Sign and currency stand right before the first digit; blanks come before them. */
function decorated(text: string, isNegative: boolean, isSigned: boolean, model: NumberModel): string {
  const bare = text.trimStart();
  const blanks = ' '.repeat(text.length - bare.length);
  const number = model.currency + bare;
  const plus = isNegative ? '-' : isSigned ? '+' : ' ';
  switch (model.sign) {
    case 'leading':
      return blanks + plus + number;
    case 'trailing':
      return blanks + number + plus;
    case 'MI':
      return blanks + number + (isNegative ? '-' : ' ');
    case 'PR':
      return blanks + (isNegative ? `<${number}>` : ` ${number} `);
    default:
      return blanks + (isNegative ? '-' : ' ') + number;
  }
}

const ROMANS: readonly (readonly [number, string])[] = [
  [1000, 'M'],
  [900, 'CM'],
  [500, 'D'],
  [400, 'CD'],
  [100, 'C'],
  [90, 'XC'],
  [50, 'L'],
  [40, 'XL'],
  [10, 'X'],
  [9, 'IX'],
  [5, 'V'],
  [4, 'IV'],
  [1, 'I'],
];
const ROMAN_WIDTH = 15;

function roman(value: Exact | Special, { fillMode, roman: written }: NumberModel): string {
  let rest = typeof value === 'string' || value.isNegative ? 0 : Number(scaledTo({ ...value, tiesToEven: false }, 0));
  if (rest < 1 || rest > 3999) return '#'.repeat(ROMAN_WIDTH);
  let text = '';
  for (const [unit, letters] of ROMANS) for (; rest >= unit; rest -= unit) text += letters;
  const inCase = written === 'rn' ? text.toLowerCase() : text;
  return fillMode ? inCase : inCase.padStart(ROMAN_WIDTH);
}

function render(value: Exact | Special, isNegative: boolean, model: NumberModel): string {
  if (model.roman) return roman(value, model);
  if (typeof value === 'string') return decorated(specialBody(value, model), isNegative, value === 'INF', model);
  const isZero = model.exponent ? value.digits === 0n : value.digits < 10n ** BigInt(value.scale);
  if (model.blankZero && isZero) return ' '.repeat(decorated(' '.repeat(width(model)), false, false, model).length);
  return decorated(body(value, model), isNegative, true, model);
}

function formatted(value: Exact | Special, isNegative: boolean, pattern: string): string {
  const model = readNumberModel(pattern);
  const text = render(value, isNegative, model);
  return model.fillMode ? text.replaceAll(' ', '') : text;
}

function formatText(text: string, pattern: string): string {
  const value = exactOfText(text);
  return formatted(value, value.isNegative, pattern);
}

function formatFloat(value: number, pattern: string): string {
  if (Number.isNaN(value)) return formatted('NAN', false, pattern);
  if (!Number.isFinite(value)) return formatted('INF', value < 0, pattern);
  return formatted(exactOfFloat(value), value < 0, pattern);
}

/** The text of an INT64 or a decimal, or a FLOAT64, by a model. */
export const formatNumberUdfs: readonly ScalarUdf[] = [
  { name: 'bq_format_number', parameters: ['VARCHAR', 'VARCHAR'], returns: 'VARCHAR', call: formatText },
  { name: 'bq_format_float', parameters: ['DOUBLE', 'VARCHAR'], returns: 'VARCHAR', call: formatFloat },
];
