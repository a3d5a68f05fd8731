/** A FLOAT64 as BigQuery's REST answers it, which is Java's Double.toString: `1.0`, `1.5E10`, `NaN`, `-Infinity`. */
export function toFloatText(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0';
  const magnitude = Math.abs(value);
  if (magnitude >= 1e-3 && magnitude < 1e7) return withPoint(String(value));
  const [mantissa = '', exponent = '0'] = value.toExponential().split('e');
  return `${withPoint(mantissa)}E${Number(exponent)}`;
}

const withPoint = (text: string): string => (text.includes('.') ? text : `${text}.0`);

const specials: Readonly<Record<string, number>> = { nan: Number.NaN, inf: Infinity, infinity: Infinity };

/** undefined when the text is no number. */
export function parseFloatText(text: string): number | undefined {
  const trimmed = text.trim();
  const [, sign, word = ''] = /^([+-]?)(nan|inf|infinity)$/i.exec(trimmed) ?? [];
  const special = specials[word.toLowerCase()];
  if (special !== undefined) return sign === '-' ? -special : special;
  return /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(trimmed) ? Number(trimmed) : undefined;
}
