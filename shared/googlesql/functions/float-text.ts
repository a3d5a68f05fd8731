/** FLOAT64 as BigQuery prints it: 15 significant digits where they give the value back, else 17; `inf`, `nan`, `1e+20`. */
export function floatText(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  if (value === 0) return '0';
  const short = printf(value, 15);
  return Number(short) === value ? short : shortest(value);
}

/** The shortest of 16 and 17 digits that gives the value back. */
function shortest(value: number): string {
  const sixteen = printf(value, 16);
  return Number(sixteen) === value ? sixteen : printf(value, 17);
}

/** C's `%.<digits>g`. */
export function printf(value: number, digits: number): string {
  const [mantissa, exponentText] = value.toExponential(digits - 1).split('e') as [string, string];
  const exponent = Number(exponentText);
  if (exponent < -4 || exponent >= digits) {
    const power = `${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
    return `${trimmed(mantissa)}e${power}`;
  }
  return trimmed(value.toFixed(Math.max(0, digits - 1 - exponent)));
}

const trimmed = (text: string): string => (text.includes('.') ? text.replace(/\.?0+$/, '') : text);
