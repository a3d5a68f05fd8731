import { expect, test } from 'vitest';
import { surface } from './surface.ts';
import { googleMethods } from './testing/google-methods.ts';

const unnamed = (path: string): string => path.replaceAll(/\{\w+\}/g, '{}');
const google = googleMethods
  .trim()
  .split('\n')
  .map((line) => line.split(' '));

test("every method of Google's discovery document is in the table, with its address and parameters, and no other", () => {
  const own = surface.map(({ id, httpMethod, path, query }) =>
    [
      id,
      httpMethod,
      unnamed(path),
      query
        .map(({ name }) => name)
        .sort()
        .join(','),
    ]
      .join(' ')
      .trim(),
  );
  expect(own.sort()).toEqual(google.map(([id, verb, , flat, query = '']) => [id, verb, flat, query].join(' ').trim()).sort());
});

test('nothing but the deletion of a job’s metadata is refused as a whole, and that with its reason', () => {
  expect(surface.filter(({ notOffered }) => notOffered !== undefined).map(({ id, notOffered }) => [id, notOffered])).toEqual([
    ['bigquery.jobs.delete', expect.stringMatching(/evidence/)],
  ]);
});

test('reading rows, and nothing else, carries rows to the client', () => {
  expect(surface.filter(({ carries }) => carries.response === 'rows').map(({ id }) => id)).toEqual([
    'bigquery.tabledata.list',
    'bigquery.jobs.query',
    'bigquery.jobs.getQueryResults',
  ]);
});

test('whoever changes who may see data needs the admin action', () => {
  const admin = surface.filter(({ actions }) => actions.includes('admin')).map(({ id }) => id.replace('bigquery.', ''));
  expect(admin).toEqual([
    'datasets.patch',
    'datasets.update',
    'datasets.undelete',
    'tables.setIamPolicy',
    'jobs.delete',
    'routines.setIamPolicy',
    'rowAccessPolicies.insert',
    'rowAccessPolicies.update',
    'rowAccessPolicies.delete',
    'rowAccessPolicies.batchDelete',
  ]);
});

test('only jobs.insert takes media', () => {
  expect(surface.filter(({ body }) => body === 'upload').map(({ id }) => id)).toEqual(['bigquery.jobs.insert']);
});
