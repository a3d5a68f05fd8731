// Numbers with all their digits, to be rounded where they are printed: FLOAT64 ties go to even, as in printf, those of decimals away from zero.

/** `digits` of which `scale` stand behind the point; the sign is apart. */
export type Exact = { readonly isNegative: boolean; readonly digits: bigint; readonly scale: number; readonly tiesToEven: boolean };

export function exactOfText(text: string): Exact {
  const [, sign, whole, fraction = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text)!;
  return { isNegative: sign === '-', digits: BigInt(whole + fraction), scale: fraction.length, tiesToEven: false };
}

/** Every digit of a double: mantissa and binary exponent give them. */
export function exactOfFloat(value: number): Exact {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const biased = Number((bits >> 52n) & 0x7ffn);
  const mantissa = (bits & ((1n << 52n) - 1n)) | (biased ? 1n << 52n : 0n);
  const exponent = (biased || 1) - 1075;
  const base = { isNegative: value < 0, tiesToEven: true };
  if (exponent >= 0) return { ...base, digits: mantissa << BigInt(exponent), scale: 0 };
  return { ...base, digits: mantissa * 5n ** BigInt(-exponent), scale: -exponent };
}

/** The number times 10^places, rounded to an integer. */
export function scaledTo({ digits, scale, tiesToEven }: Exact, places: number): bigint {
  if (places >= scale) return digits * 10n ** BigInt(places - scale);
  const unit = 10n ** BigInt(scale - places);
  const [quotient, rest] = [digits / unit, (digits % unit) * 2n];
  const isUp = rest > unit || (rest === unit && (!tiesToEven || quotient % 2n === 1n));
  return isUp ? quotient + 1n : quotient;
}
