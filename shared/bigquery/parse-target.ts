import { err, ok, type Result } from '../base/result.ts';

export type Target = { readonly segments: readonly string[]; readonly query: URLSearchParams };
export type TargetMistake = { readonly why: string; readonly parameter?: string };

/** Credentials do not travel in a target; the rest changes the shape of the answer behind the recorder's back. */
const secretParameters: ReadonlySet<string> = new Set(['access_token', 'oauth_token', 'bearer_token', 'key', 'upload_id']);
const refusedParameters: ReadonlySet<string> = new Set(['access_token', 'oauth_token', 'bearer_token', 'key', 'callback']);
const repeatableParameters: ReadonlySet<string> = new Set(['stateFilter']);

/** Splits an origin-form request target into decoded segments and its query. Refuses all that two readers could read differently. */
export function parseTarget(target: string): Result<Target, TargetMistake> {
  if (!target.startsWith('/')) return err({ why: 'The request target must begin with "/"' });
  if (/[^\x21-\x7e]/.test(target) || /[\\#]/.test(target))
    return err({ why: 'The request target holds a character that does not belong there' });
  const mark = target.indexOf('?');
  const segments = parseSegments(mark < 0 ? target : target.slice(0, mark));
  if (!segments.ok) return segments;
  const query = parseQuery(mark < 0 ? '' : target.slice(mark + 1), segments.value.includes('upload'));
  return query.ok ? ok({ segments: segments.value, query: query.value }) : query;
}

function parseSegments(path: string): Result<readonly string[], TargetMistake> {
  if (plainPath.test(path)) return ok(path.slice(1).split('/'));
  const segments: string[] = [];
  for (const raw of path.slice(1).split('/')) {
    const segment = decodeOnce(raw);
    if (segment === undefined) return err({ why: 'The path holds a malformed percent-encoding' });
    if (segment === '') return err({ why: 'The path holds an empty segment' });
    if (segment === '.' || segment === '..') return err({ why: 'The path holds a dot segment' });
    if (/[/\\]/.test(segment)) return err({ why: 'The path holds an encoded slash' });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
    if (/[\u0000-\u001f\u007f]/.test(segment)) return err({ why: 'The path holds a control character' });
    if (strangeToNames.test(segment)) return err({ why: 'The path holds a character that no name in BigQuery has' });
    segments.push(segment);
  }
  return ok(segments);
}

/** What most paths are: nothing to decode, nothing to refuse. */
const plainPath = /^(?:\/[\w-]+)+$/;

/** Table names take the widest: letters, marks, numbers, connectors, dashes, spaces. `$`, `@` decorate, `*` is a wildcard, `:` ends a name with a verb. */
const strangeToNames = /[^\p{L}\p{M}\p{N}\p{Pc}\p{Pd}\p{Zs}$@*:.~{}]/u;

function decodeOnce(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function parseQuery(text: string, isUpload: boolean): Result<URLSearchParams, TargetMistake> {
  const query = new URLSearchParams(text);
  if (text === '') return ok(query);
  for (const name of new Set(query.keys())) {
    const why = whyRefused(name, query, isUpload);
    if (why !== undefined) return err({ why, parameter: name });
  }
  return ok(query);
}

function whyRefused(name: string, query: URLSearchParams, isUpload: boolean): string | undefined {
  if (refusedParameters.has(name)) return `The parameter ${name} is not accepted here`;
  if (query.getAll(name).length > 1 && !repeatableParameters.has(name)) return `The parameter ${name} is given twice`;
  if (name !== 'alt' && name !== '$alt') return undefined;
  const alt = query.get(name)!;
  return alt === 'json' || (alt === 'media' && isUpload) ? undefined : `The answer format ${alt} is not offered: only json is`;
}

/** The target for logs and records: the values of secret parameters are replaced, all else stays as it came. Works on any text. */
export function redactTarget(target: string): string {
  const mark = target.indexOf('?');
  if (mark < 0) return target;
  const parts = target.slice(mark + 1).split('&');
  return `${target.slice(0, mark)}?${parts.map(redactParameter).join('&')}`;
}

function redactParameter(part: string): string {
  const equals = part.indexOf('=');
  if (equals < 0) return part;
  const name = decodeOnce(part.slice(0, equals).replaceAll('+', ' ')) ?? '';
  return secretParameters.has(name.trim().toLowerCase()) ? `${part.slice(0, equals)}=REDACTED` : part;
}
