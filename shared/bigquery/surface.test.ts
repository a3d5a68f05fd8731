import { expect, test } from 'vitest';
import { apiMethod, surface } from './surface.ts';

test('the surface holds the 46 methods of the discovery document, each once', () => {
  expect(new Set(surface.map(({ id }) => id)).size).toBe(46);
});

test('no method can delete the metadata of a job', () => {
  expect(apiMethod('bigquery.jobs.delete').offered).toBe(false);
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
