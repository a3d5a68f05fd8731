import { expect, test } from 'vitest';
import { parseParameters } from './parse-parameters.ts';

const ofValue = (parameterValue: unknown) => [{ name: 'x', parameterType: { type: 'INT64' }, parameterValue }];

test.each([
  [{ value: 42 }, { value: '42' }],
  [{ value: true }, { value: 'true' }],
  [{ value: null }, { value: null }],
  [{ arrayValues: [{ value: 1 }, { value: '2' }] }, { arrayValues: [{ value: '1' }, { value: '2' }] }],
  [{ structValues: { a: { value: 1.5 } } }, { structValues: { a: { value: '1.5' } } }],
  [{ rangeValue: { start: { value: '2024-01-01' }, end: null } }, { rangeValue: { start: { value: '2024-01-01' }, end: {} } }],
  [undefined, {}],
])('%j is read as %j', (given, expected) => {
  expect(parseParameters(ofValue(given))?.[0]?.parameterValue).toEqual(expected);
});

test('a value that is no scalar is refused, by its place', () => {
  expect(() => parseParameters(ofValue({ arrayValues: [{ value: { type: 'Buffer' } }] }))).toThrow(
    /'query_parameters\[0\]\.parameter_value\.array_values\[0\]\.value \(TYPE_STRING\)'/,
  );
  expect(() => parseParameters('all')).toThrow(/'query_parameters'/);
});
