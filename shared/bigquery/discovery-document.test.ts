import { expect, test } from 'vitest';
import { toDiscoveryDocument } from './discovery-document.ts';
import { surface } from './surface.ts';
import { googleMethods } from './testing/google-methods.ts';

type Method = { id: string; path: string; parameters: Record<string, unknown>; parameterOrder: string[]; supportsMediaUpload?: boolean };
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

test('clients that are built from the document call each method as they would call Google’s: same path, same names', () => {
  const google = googleMethods
    .trim()
    .split('\n')
    .map((line) => line.split(' '));
  const offered = new Set<string>(surface.filter(({ notOffered }) => notOffered === undefined).map(({ id }) => id));
  const wanted = google.filter(([id]) => offered.has(id!)).map(([id, , path]) => `${id} ${path}`);
  const described = Object.values(describeApi('https://gw').resources).flatMap(({ methods }) => Object.values(methods));
  expect(described.map(({ id, path }) => `${id} ${path}`).sort()).toEqual(wanted.sort());
  for (const { id, path, parameterOrder } of described)
    expect(parameterOrder, id).toEqual([...path.matchAll(/\{\+(\w+)\}/g)].map((match) => match[1]));
});
