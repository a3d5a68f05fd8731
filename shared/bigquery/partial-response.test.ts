import { expect, test } from 'vitest';
import { applyFieldMask, parseFieldMask } from './partial-response.ts';

const answer = {
  kind: 'k',
  jobReference: { projectId: 'p', jobId: 'j' },
  rows: [{ f: [{ v: '1' }] }],
  schema: { fields: [{ name: 'a', type: 'STRING' }] },
};

test.each<[string | undefined, unknown]>([
  [undefined, answer],
  ['*', answer],
  ['kind', { kind: 'k' }],
  ['jobReference(jobId),rows', { jobReference: { jobId: 'j' }, rows: answer.rows }],
  ['jobReference/jobId', { jobReference: { jobId: 'j' } }],
  ['jobReference/jobId,jobReference/projectId', { jobReference: answer.jobReference }],
  ['schema/fields(name)', { schema: { fields: [{ name: 'a' }] } }],
  ['rows/f/v', { rows: answer.rows }],
  ['*/jobId', { kind: 'k', jobReference: { jobId: 'j' }, rows: [{}], schema: {} }],
  ['nothing', {}],
])('fields=%s', (fields, expected) => {
  expect(applyFieldMask(answer, parseFieldMask(fields))).toEqual(expected);
});

test.each(['a(', 'a)', 'a,,b', '(a)', 'a/'])('fields=%s is refused', (fields) => {
  expect(() => parseFieldMask(fields)).toThrow(/Invalid field selection/);
});
