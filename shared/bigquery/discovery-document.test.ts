import { expect, test } from 'vitest';
import { toDiscoveryDocument } from './discovery-document.ts';

type Method = { path: string; parameters: Record<string, unknown>; parameterOrder: string[]; supportsMediaUpload?: boolean };
type Document = { rootUrl: string; baseUrl: string; resources: Record<string, { methods: Record<string, Method> }> };

const describeApi = (origin: string) => toDiscoveryDocument(origin) as unknown as Document;

test('all roots are ours, so that no client wanders off to Google', () => {
  expect(describeApi('https://gw.example.com/s/ticket')).toMatchObject({
    rootUrl: 'https://gw.example.com/s/ticket/',
    baseUrl: 'https://gw.example.com/s/ticket/bigquery/v2/',
  });
  expect(
    JSON.stringify(toDiscoveryDocument('https://gw'))
      .match(/https:\/\/[^/"]+/g)
      ?.filter((host) => /bigquery\.google/.test(host)),
  ).toEqual([]);
});

test('a method is described as Google describes it', () => {
  const { methods } = describeApi('https://gw').resources['jobs']!;
  expect(methods['getQueryResults']).toMatchObject({
    path: 'projects/{+projectId}/queries/{+jobId}',
    parameterOrder: ['projectId', 'jobId'],
    parameters: { jobId: { location: 'path', required: true }, startIndex: { type: 'string', format: 'uint64', location: 'query' } },
  });
  expect(methods['insert']?.supportsMediaUpload).toBe(true);
});

test('what is not offered is not described', () => {
  expect(describeApi('https://gw').resources['jobs']!.methods).not.toHaveProperty('delete');
});
