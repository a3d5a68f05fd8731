import { floatText } from './float-text.ts';
import { isArray, isNumber, jsonText, parseJson } from './json-text.ts';

const RANGES: Readonly<Record<string, readonly [bigint, bigint]>> = {
  INT64: [-(2n ** 63n), 2n ** 63n - 1n],
  INT32: [-(2n ** 31n), 2n ** 31n - 1n],
  UINT32: [0n, 2n ** 32n - 1n],
  UINT64: [0n, 2n ** 63n - 1n],
};

export const inRange = (value: bigint, type: string): boolean => value >= RANGES[type]![0] && value <= RANGES[type]![1];

/** LAX_…: what can be converted is, all else is NULL. */
export function laxBool(text: string): boolean | null {
  const value = parseJson(text);
  if (typeof value === 'boolean') return value;
  if (typeof value === 'string') return { true: true, false: false }[value.toLowerCase()] ?? null;
  return isNumber(value) ? Number(value.text) !== 0 : null;
}

export function laxInt(text: string, type: string): bigint | null {
  const value = parseJson(text);
  if (typeof value === 'boolean') return value ? 1n : 0n;
  const digits = typeof value === 'string' ? value.trim() : isNumber(value) ? value.text : undefined;
  return digits === undefined ? null : roundedInt(digits, type);
}

function roundedInt(digits: string, type: string): bigint | null {
  const isPlain = /^[-+]?\d+$/.test(digits);
  if (!isPlain && !/^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/.test(digits)) return null;
  const n = Number(digits);
  if (!isPlain && !Number.isFinite(n)) return null;
  const value = isPlain ? BigInt(digits.replace(/^\+/, '')) : BigInt(Math.sign(n) * Math.round(Math.abs(n)));
  return inRange(value, type) ? value : null;
}

export function laxFloat(text: string): number | null {
  const value = parseJson(text);
  if (isNumber(value)) return Number(value.text);
  if (typeof value !== 'string') return null;
  const trimmed = value.trim();
  if (/^[-+]?inf(inity)?$/i.test(trimmed)) return trimmed.startsWith('-') ? -Infinity : Infinity;
  if (/^[-+]?nan$/i.test(trimmed)) return Number.NaN;
  return /^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/.test(trimmed) ? Number(trimmed) : null;
}

export function laxString(text: string): string | null {
  const value = parseJson(text);
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return String(value);
  return isNumber(value) ? (value.isInteger ? value.text : floatText(Number(value.text) + 0)) : null;
}

export const laxArray =
  <T>(convert: (text: string) => T | null) =>
  (text: string): (T | null)[] | null => {
    const value = parseJson(text);
    return isArray(value) ? value.map((item) => convert(jsonText(item))) : null;
  };
