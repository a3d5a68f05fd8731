import { expect, it } from 'vitest';
import { formatNumberUdfs } from './format-number.ts';

const [formatText, formatFloat] = formatNumberUdfs.map((udf) => udf.call) as [
  (text: string, model: string) => string,
  (value: number, model: string) => string,
];

it.each([
  ['12', '999', '  12'],
  ['-12', 'S9999', '  -12'],
  ['12', '9999MI', '  12 '],
  ['-12', '9999PR', '  <12>'],
  ['-12', 'C999', ' -USD12'],
  ['12345', '999,999', '  12,345'],
  ['1234567.89', '$999,999.999', ' $###,###.###'],
  ['12.5', '999999.000FM', '12.5'],
  ['0.23', 'B99.999S', '       '],
  ['23.5', 'S000V00', '+02350'],
  ['43981', '0X0x', ' ABcd'],
  ['2021', 'RN', '          MMXXI'],
  ['299792458', 'S9.999EEEE', '+2.998E+08'],
  ['12.5', '99', ' 13'],
])('%s as %s', (value, model, text) => expect(formatText(value, model)).toBe(text));

it('rounds ties of FLOAT64 to even', () => expect(formatFloat(12.5, '99')).toBe(' 12'));
it('writes what is no number in its place', () => expect(formatFloat(Number.NaN, '999.99')).toBe(' NAN   '));
it.each([['X9'], ['9.9.9'], ['S9S'], ['@9'], ['MI9'], ['']])('refuses the model %s', (model) =>
  expect(() => formatText('1', model)).toThrow('Error in format string'),
);
