import type { ApiMethod } from './api-method.ts';
import { parseTarget } from './parse-target.ts';
import { surface } from './surface.ts';

export type UploadProtocol = 'multipart' | 'resumable' | 'media';

export type MethodMatch = {
  readonly kind: 'method';
  readonly method: ApiMethod;
  /** Decoded path parameters: `projectId`, `datasetId`, `jobId`, … */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** From the path prefix `/s/NAME`. */
  readonly sessionName?: string;
  readonly upload?: UploadProtocol;
  /** Of a chunk of a resumable upload (`PUT …?upload_id=`). */
  readonly uploadId?: string;
  /** Node 9.3 sends the literal `{{projectId}}` when it knows no project: `params.projectId` is to be resolved from elsewhere. */
  readonly hasProjectPlaceholder: boolean;
};

export type TargetMatch =
  | MethodMatch
  /** `GET /$discovery/rest?version=v2`, asked by bq before all else. `prefix` is what stood before it, such as `/s/NAME`. */
  | { readonly kind: 'discovery'; readonly sessionName?: string; readonly prefix: string }
  /** `/batch/bigquery/v2`: several requests in one body. */
  | { readonly kind: 'batch'; readonly sessionName?: string }
  /** The path exists, the HTTP method does not. */
  | { readonly kind: 'wrong-http-method'; readonly allowed: readonly string[]; readonly sessionName?: string }
  | { readonly kind: 'unknown'; readonly sessionName?: string }
  /** Never to be forwarded. `parameter` names the query parameter that is at fault. */
  | { readonly kind: 'refused'; readonly why: string; readonly parameter?: string };

const placeholder = '{{projectId}}';

/**
 * Finds the API method a request means, whatever prefix the client's way of being configured put before it.
 * Pure and total: a target that must not be forwarded is `refused`, a foreign one `unknown`.
 * Method overrides (`X-HTTP-Method-Override`) are the caller's to apply first.
 */
export function matchMethod(httpMethod: string, target: string): TargetMatch {
  const parsed = parseTarget(target);
  if (!parsed.ok) return { kind: 'refused', ...parsed.error };
  const { segments, query } = parsed.value;
  const { sessionName, prefix, rest } = takeSession(segments);
  const session = sessionName === undefined ? {} : { sessionName };
  if (isDiscovery(rest)) return { kind: 'discovery', prefix, ...session };
  if (rest[0] === 'batch') return { kind: 'batch', ...session };

  const { isUpload, isResumable, path } = takeUpload(rest);
  const upload = isUpload ? toUploadProtocol(query, isResumable) : undefined;
  const uploadId = upload === undefined ? undefined : (query.get('upload_id') ?? undefined);
  const candidates = findByPath(path, isUpload);
  if (candidates.length === 0) return { kind: 'unknown', ...session };
  const meant = toMeantHttpMethod(httpMethod, uploadId);
  const found = candidates.find(({ method }) => method.httpMethod === meant);
  if (found === undefined) return { kind: 'wrong-http-method', allowed: candidates.map(({ method }) => method.httpMethod), ...session };
  const params = readParameters(found, path);
  return {
    kind: 'method',
    method: found.method,
    params,
    query,
    ...session,
    ...(upload === undefined ? {} : { upload }),
    ...(uploadId === undefined ? {} : { uploadId }),
    hasProjectPlaceholder: params['projectId'] === placeholder,
  };
}

const sessionNamePattern = /^[A-Za-z0-9][A-Za-z0-9._~-]{0,127}$/;

function takeSession(segments: readonly string[]): { sessionName?: string; prefix: string; rest: readonly string[] } {
  const [marker, name] = segments;
  if (marker !== 's' || name === undefined || !sessionNamePattern.test(name)) return { prefix: '', rest: segments };
  return { sessionName: name, prefix: `/s/${name}`, rest: segments.slice(2) };
}

const isDiscovery = (rest: readonly string[]): boolean =>
  rest.at(-1) === 'rest' &&
  ['$discovery/rest', 'discovery/v1/apis/bigquery/v2/rest', 'bigquery/v2/$discovery/rest'].includes(rest.join('/'));

/** `(/bigquery/v2)?((/resumable)?/upload)?(/bigquery/v2)?`: the upload prefix may stand before, after or between the roots. */
function takeUpload(rest: readonly string[]): { isUpload: boolean; isResumable: boolean; path: readonly string[] } {
  let path = dropRoot(rest);
  const isResumable = path[0] === 'resumable' && path[1] === 'upload';
  if (isResumable) path = path.slice(1);
  const isUpload = path[0] === 'upload';
  if (isUpload) path = dropRoot(path.slice(1));
  return { isUpload, isResumable, path };
}

const dropRoot = (path: readonly string[]): readonly string[] => (path[0] === 'bigquery' && path[1] === 'v2' ? path.slice(2) : path);

function toUploadProtocol(query: URLSearchParams, isResumable: boolean): UploadProtocol {
  const asked = query.get('uploadType') ?? query.get('upload_protocol');
  if (isResumable || asked === 'resumable' || query.has('upload_id')) return 'resumable';
  return asked === 'multipart' ? 'multipart' : 'media';
}

/** The chunks of a resumable upload are PUT, and its abandonment is a DELETE, on the address of the method that began it. */
const toMeantHttpMethod = (httpMethod: string, uploadId: string | undefined): string =>
  uploadId !== undefined && (httpMethod === 'PUT' || httpMethod === 'DELETE') ? 'POST' : httpMethod;

const findByPath = (path: readonly string[], isUpload: boolean): readonly Template[] =>
  templatesByLength.get(path.length)?.filter(({ method, template }) => (!isUpload || method.body === 'upload') && fits(template, path)) ??
  [];

type Template = { readonly method: ApiMethod; readonly template: readonly TemplateSegment[] };
type TemplateSegment = { readonly literal: string } | { readonly name: string; readonly verb: string };

function parseTemplate(path: string): readonly TemplateSegment[] {
  return path.split('/').map((segment) => {
    const parameter = /^\{(\w+)\}(:\w+)?$/.exec(segment);
    return parameter ? { name: parameter[1]!, verb: parameter[2] ?? '' } : { literal: segment };
  });
}

const templates = surface.map((method): Template => ({ method, template: parseTemplate(method.path) }));
const templatesByLength = Map.groupBy(templates, ({ template }) => template.length);
const verbs = new Set(
  templates.flatMap(({ template }) => template.flatMap((each) => ('verb' in each && each.verb !== '' ? [each.verb] : []))),
);

const fits = (template: readonly TemplateSegment[], path: readonly string[]): boolean =>
  template.every((expected, index) => {
    const actual = path[index]!;
    if ('literal' in expected) return actual === expected.literal;
    const value = takeVerb(actual, expected.verb);
    return value !== undefined && value !== '' && (expected.name === 'projectId' || !value.includes(':'));
  });

/** Of a path that fits. */
function readParameters({ template }: Template, path: readonly string[]): Record<string, string> {
  const params: Record<string, string> = {};
  for (let index = 0; index < template.length; index += 1) {
    const expected = template[index]!;
    if ('name' in expected) params[expected.name] = takeVerb(path[index]!, expected.verb)!;
  }
  return params;
}

/** A project id may hold a colon (`example.com:name`), so only the verbs we know end a name. */
function takeVerb(segment: string, verb: string): string | undefined {
  const colon = segment.lastIndexOf(':');
  const actual = colon >= 0 && verbs.has(segment.slice(colon)) ? segment.slice(colon) : '';
  if (actual !== verb) return undefined;
  return verb === '' ? segment : segment.slice(0, colon);
}
