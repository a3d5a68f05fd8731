import { type Exact, exactOfFloat, exactOfText, scaledTo } from './exact-number.ts';
import { floatText, printf as printfGeneral } from './float-text.ts';
import { isArray, isObject, type Json, jsonText, parseJson, prettyJson } from './json-text.ts';
import type { ScalarUdf } from './scalar-udf.ts';

function fail(message: string): never {
  throw new Error(message);
}

const SPECIFIER = /%([-+ #0']*)(\*|\d+)?(?:\.(\*|\d+)?)?([dioxXfFeEgGstTpP%]|$|[\s\S])/g;

type Specifier = { readonly flags: string; readonly width: number; readonly precision: number | undefined; readonly letter: string };

/** FORMAT: every argument comes as its type's name, its plain text and its literal's text. */
function format(
  pattern: string,
  kinds: readonly string[],
  plain: readonly (string | null)[],
  literals: readonly (string | null)[],
): string | null {
  let next = 0;
  let isNull = false;
  const take = (): number => (next < kinds.length ? next++ : fail('Too few arguments to FORMAT for pattern'));
  const text = pattern.replace(
    SPECIFIER,
    (_whole, flags: string, width: string | undefined, precision: string | undefined, letter: string) => {
      if (_whole === '%%') return '%';
      if (!/^[dioxXfFeEgGstTpP]$/.test(letter)) fail(`Invalid FORMAT string: "${pattern}"`);
      const star = (): number => {
        const at = take();
        if (plain[at] === null) isNull = true;
        return Number(plain[at] ?? 0);
      };
      const wide = width === '*' ? star() : Number(width ?? 0);
      const hasPoint = /\.[^.]*$/.test(_whole.slice(0, -1)) && _whole.includes('.');
      const precise = precision === '*' ? starPrecision(star()) : precision !== undefined ? Number(precision) : hasPoint ? 0 : undefined;
      const i = take();
      const specifier = { flags: wide < 0 ? `${flags}-` : flags, width: Math.abs(wide), precision: precise, letter };
      if (plain[i] === null && !/[tT]/.test(letter)) {
        isNull = true;
        return '';
      }
      return formatOne(specifier, kinds[i]!, plain[i] ?? 'NULL', literals[i] ?? 'NULL');
    },
  );
  if (next < kinds.length) fail('Too many arguments to FORMAT for pattern');
  return isNull ? null : text;
}

/** A precision below zero is none. */
const starPrecision = (precision: number): number | undefined => (precision < 0 ? undefined : precision);

function formatOne(specifier: Specifier, kind: string, plain: string, literal: string): string {
  const { letter } = specifier;
  if (letter === 't') return aligned(cut(plain, specifier), specifier);
  if (letter === 'T') return aligned(cut(literal, specifier), specifier);
  if (letter === 'p') return aligned(jsonText(parseJson(plain)), specifier);
  if (letter === 'P') return aligned(prettyJson(parseJson(plain)), specifier);
  if (letter === 's') {
    if (!['STRING', 'JSON'].includes(kind)) fail(`Invalid type for argument to FORMAT; Expected STRING; Got ${kind}`);
    return aligned(cut(plain, specifier), specifier);
  }
  if ('diouxX'.includes(letter)) return formatInteger(specifier, kind, plain);
  return formatFloat(specifier, kind, plain);
}

const cut = (text: string, { precision }: Specifier): string =>
  precision === undefined ? text : Array.from(text).slice(0, precision).join('');

function aligned(text: string, { width, flags }: Specifier): string {
  const missing = width - Array.from(text).length;
  if (missing <= 0) return text;
  return flags.includes('-') ? text + ' '.repeat(missing) : ' '.repeat(missing) + text;
}

const grouped = (digits: string): string => digits.replace(/\B(?=(\d{3})+(?!\d))/g, ',');

function signed(isNegative: boolean, digits: string, specifier: Specifier, prefix = ''): string {
  const { flags, width } = specifier;
  const sign = isNegative ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '';
  const body = prefix + digits;
  const zeros = flags.includes('0') && !flags.includes('-') ? Math.max(0, width - sign.length - body.length) : 0;
  return aligned(sign + prefix + '0'.repeat(zeros) + digits, specifier);
}

function formatInteger(specifier: Specifier, kind: string, plain: string): string {
  if (kind !== 'INT64') fail(`Invalid type for argument to FORMAT; Expected integer; Got ${kind}`);
  const value = BigInt(plain);
  const magnitude = value < 0n ? -value : value;
  const base = { o: 8, x: 16, X: 16 }[specifier.letter] ?? 10;
  let digits = magnitude.toString(base).padStart(specifier.precision ?? 0, '0');
  if (specifier.letter === 'X') digits = digits.toUpperCase();
  if (specifier.flags.includes("'")) digits = base === 10 ? grouped(digits) : digits.replace(/\B(?=(.{4})+(?!.))/g, base === 8 ? ',' : ':');
  const prefix = specifier.flags.includes('#') && magnitude ? ({ o: '0', x: '0x', X: '0X' }[specifier.letter] ?? '') : '';
  return signed(value < 0n, digits, specifier, prefix);
}

function formatFloat(specifier: Specifier, kind: string, plain: string): string {
  if (!['FLOAT64', 'NUMERIC', 'BIGNUMERIC'].includes(kind)) fail(`Invalid type for argument to FORMAT; Expected FLOAT64; Got ${kind}`);
  const { letter, flags } = specifier;
  const isUpper = letter === letter.toUpperCase();
  if (/inf|nan/i.test(plain)) {
    const word = plain.replace('-', '');
    return signed(plain.startsWith('-'), isUpper ? word.toUpperCase() : word, { ...specifier, flags: flags.replace('0', '') });
  }
  const value = kind === 'FLOAT64' ? exactOfFloat(Number(plain)) : exactOfText(plain);
  let digits = floatDigits(letter.toLowerCase(), value, specifier.precision ?? 6, flags.includes('#'));
  if (flags.includes("'")) digits = digits.replace(/^\d+/, grouped);
  return signed(plain.startsWith('-'), isUpper ? digits.toUpperCase() : digits, specifier);
}

/** C's %f, %e and %g; `#` keeps the point and the zeros. */
function floatDigits(letter: string, value: Exact, precision: number, keepsZeros: boolean): string {
  if (letter === 'f') return fixed(value, precision, keepsZeros);
  if (letter === 'e') return scientific(value, precision, keepsZeros).text;
  const places = Math.max(precision, 1);
  const { text, exponent } = scientific(value, places - 1, true);
  const isFixed = exponent >= -4 && exponent < places;
  const digits = isFixed ? fixed(value, places - 1 - exponent, true) : text;
  return keepsZeros ? digits : digits.replace(/\.?0*(?=e|$)/, '');
}

function fixed(value: Exact, places: number, keepsPoint: boolean): string {
  const digits = scaledTo(value, places)
    .toString()
    .padStart(places + 1, '0');
  return withPoint(digits, digits.length - places, keepsPoint);
}

const withPoint = (digits: string, whole: number, keepsPoint: boolean): string =>
  digits.length > whole || keepsPoint ? `${digits.slice(0, whole)}.${digits.slice(whole)}` : digits;

function scientific(value: Exact, places: number, keepsPoint: boolean): { readonly text: string; readonly exponent: number } {
  let exponent = value.digits === 0n ? 0 : value.digits.toString().length - 1 - value.scale;
  const mantissaAt = (power: number): bigint => scaledTo({ ...value, scale: value.scale + power }, places);
  let mantissa = mantissaAt(exponent);
  if (mantissa >= 10n ** BigInt(places + 1)) mantissa = mantissaAt(++exponent);
  const power = `${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
  return { text: `${withPoint(mantissa.toString().padStart(places + 1, '0'), 1, keepsPoint)}e${power}`, exponent };
}

/** Backslash, quotes and control characters. */
const ESCAPED = /[\\"'\p{Cc}]/gu;

/** A GoogleSQL string literal. */
export function quoteLiteral(text: string): string {
  const quote = text.includes('"') && !text.includes("'") ? "'" : '"';
  const escapes: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\\': '\\\\', [quote]: `\\${quote}` };
  const body = text.replace(
    ESCAPED,
    (c) => escapes[c] ?? (c === '"' || c === "'" ? c : `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`),
  );
  return quote + body + quote;
}

function floatLiteral(value: number): string {
  if (!Number.isFinite(value)) return `CAST("${Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf'}" AS FLOAT64)`;
  const short = printfGeneral(value, 15);
  const text = Number(short) === value ? short : printfGeneral(value, 17);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

/** Any string inside the document that has the text in it, whatever the case. */
function containsText(value: Json, search: string): boolean {
  if (isArray(value)) return value.some((item) => containsText(item, search));
  if (isObject(value)) return [...value.values()].some((item) => containsText(item, search));
  if (value === null) return false;
  return fold(typeof value === 'string' ? value : jsonText(value)).includes(search);
}

const fold = (text: string): string => text.normalize('NFKC').toLowerCase();

/** `%t` of a FLOAT64: as CAST writes it, but always to be seen as one. */
function floatPlain(value: number): string {
  if (Object.is(value, -0)) return '-0.0';
  const text = floatText(value);
  return /[.einf]/.test(text) ? text : `${text}.0`;
}

export const formatUdfs: readonly ScalarUdf[] = [
  { name: 'bq_float_plain', parameters: ['DOUBLE'], returns: 'VARCHAR', call: floatPlain },
  { name: 'bq_format', parameters: ['VARCHAR', 'VARCHAR[]', 'VARCHAR[]', 'VARCHAR[]'], returns: 'VARCHAR', call: format },
  { name: 'bq_quote_literal', parameters: ['VARCHAR'], returns: 'VARCHAR', call: quoteLiteral },
  { name: 'bq_float_literal', parameters: ['DOUBLE'], returns: 'VARCHAR', call: floatLiteral },
  {
    name: 'bq_contains_substr',
    parameters: ['VARCHAR', 'VARCHAR'],
    returns: 'BOOLEAN',
    call: (json: string, search: string) => (json === 'null' ? null : containsText(parseJson(json), fold(search))),
  },
];
