import type { ApiMethod, QueryParameter } from './api-method.ts';
import { commonParameters, surface } from './surface.ts';

const scopes = ['https://www.googleapis.com/auth/bigquery', 'https://www.googleapis.com/auth/cloud-platform'];

/**
 * The discovery document of the methods on offer, with every root on `origin` (`https://gw.example.com`, or with a path prefix such as `/s/NAME`).
 * bq asks for it before its first request and then follows its roots. Shapes are open objects: clients here read paths and parameters only.
 */
export function toDiscoveryDocument(origin: string): Record<string, unknown> {
  const root = `${origin.replace(/\/+$/, '')}/`;
  return {
    kind: 'discovery#restDescription',
    discoveryVersion: 'v1',
    id: 'bigquery:v2',
    name: 'bigquery',
    version: 'v2',
    title: 'BigQuery API',
    description: 'A data platform for customers to create, manage, share and query data.',
    protocol: 'rest',
    rootUrl: root,
    servicePath: 'bigquery/v2/',
    baseUrl: `${root}bigquery/v2/`,
    basePath: '/bigquery/v2/',
    batchPath: 'batch/bigquery/v2',
    fullyEncodeReservedExpansion: true,
    auth: { oauth2: { scopes: Object.fromEntries(scopes.map((scope) => [scope, { description: scope }])) } },
    parameters: toParameters(commonParameters, 'query'),
    schemas: toSchemas(),
    resources: toResources(),
  };
}

function toResources(): Record<string, { methods: Record<string, unknown> }> {
  const offered = surface.filter(({ notOffered }) => notOffered === undefined);
  const byResource = Object.groupBy(offered, ({ id }) => id.split('.')[1]!);
  return Object.fromEntries(
    Object.entries(byResource).map(([resource, methods]) => [
      resource,
      { methods: Object.fromEntries(methods!.map((method) => [method.id.split('.')[2]!, toMethod(method)])) },
    ]),
  );
}

function toMethod(method: ApiMethod): Record<string, unknown> {
  return {
    id: method.id,
    httpMethod: method.httpMethod,
    path: toPath(method),
    flatPath: method.path,
    parameterOrder: Object.keys(toPathParameters(method)),
    parameters: { ...toPathParameters(method), ...toParameters(method.query, 'query') },
    ...(method.request === undefined ? {} : { request: { $ref: method.request } }),
    ...(method.response === undefined ? {} : { response: { $ref: method.response } }),
    scopes,
    ...(method.body === 'upload' ? toMediaUpload(method.path) : {}),
  };
}

/** IAM methods take the whole name of a resource as one parameter. */
const iamVerb = /:((?:get|set)IamPolicy|testIamPermissions)$/;
const toPath = ({ path }: ApiMethod): string =>
  iamVerb.test(path) ? `{+resource}${iamVerb.exec(path)![0]}` : path.replaceAll(/\{(\w+)\}/g, '{+$1}');

function toPathParameters({ path }: ApiMethod): Record<string, unknown> {
  if (!iamVerb.test(path)) {
    const names = [...path.matchAll(/\{(\w+)\}/g)].map((match): QueryParameter => ({ name: match[1]!, type: 'string' }));
    return toParameters(names, 'path');
  }
  const pattern = `^${path.replace(iamVerb, '').replaceAll(/\{\w+\}/g, '[^/]+')}$`;
  return { resource: { ...wireTypes.string, location: 'path', required: true, pattern } };
}

function toMediaUpload(path: string): Record<string, unknown> {
  const template = path.replaceAll(/\{(\w+)\}/g, '{+$1}');
  return {
    supportsMediaUpload: true,
    mediaUpload: {
      accept: ['*/*'],
      protocols: {
        simple: { multipart: true, path: `/upload/bigquery/v2/${template}` },
        resumable: { multipart: true, path: `/resumable/upload/bigquery/v2/${template}` },
      },
    },
  };
}

const toParameters = (parameters: readonly QueryParameter[], location: 'path' | 'query'): Record<string, unknown> =>
  Object.fromEntries(parameters.map((parameter) => [parameter.name, toParameter(parameter, location)]));

const wireTypes = {
  string: { type: 'string' },
  boolean: { type: 'boolean' },
  integer: { type: 'integer', format: 'uint32' },
  int64: { type: 'string', format: 'uint64' },
} as const;

const toParameter = ({ type, repeated }: QueryParameter, location: 'path' | 'query'): Record<string, unknown> => ({
  ...wireTypes[type],
  location,
  ...(location === 'path' ? { required: true, pattern: '^[^/]+$' } : {}),
  ...(repeated === undefined ? {} : { repeated }),
});

function toSchemas(): Record<string, unknown> {
  const names = new Set(surface.flatMap(({ request, response }) => [request, response]).filter((name) => name !== undefined));
  const open = { type: 'object', additionalProperties: { type: 'any' } };
  return Object.fromEntries([...names].map((id) => [id, { id, ...open }]));
}
