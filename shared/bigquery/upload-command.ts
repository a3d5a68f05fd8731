// Google's newer spelling of resumable uploads: commands in X-Goog-Upload-* headers, which Ruby's API client speaks. Each means exactly
// one request of the older spelling, with Content-Range and 308, so that only that one is judged, recorded and served.

export type UploadRequest = { readonly httpMethod: string; readonly target: string; readonly headers: Readonly<Record<string, string>> };
export type UploadCommand = 'start' | 'upload' | 'upload, finalize' | 'finalize' | 'query' | 'cancel';
type Headers = Readonly<Record<string, string | string[] | undefined>>;

const commands = new Set<string>(['start', 'upload', 'upload, finalize', 'finalize', 'query', 'cancel'] satisfies UploadCommand[]);

/**
 * The request that a POST with these headers means, with the headers it adds; undefined where there is no such command. Returns why not
 * as text.
 */
export function toResumableRequest(
  httpMethod: string,
  target: string,
  headers: Headers,
): { readonly command: UploadCommand; readonly request: UploadRequest } | string | undefined {
  const given = textOf(headers, 'x-goog-upload-command');
  if (given === undefined || httpMethod !== 'POST' || !/^(\/[^?]*)?\/upload\//.test(target)) return undefined;
  const command = given.toLowerCase().replace(/\s*,\s*/, ', ');
  if (!commands.has(command)) return 'X-Goog-Upload-Command must be start, upload, finalize, query or cancel';
  if (command === 'start') return { command, request: toStart(target, headers) };
  const range = toContentRange(command as UploadCommand, headers);
  if (range === undefined) return 'X-Goog-Upload-Offset and Content-Length must be whole numbers';
  const added = command === 'cancel' ? {} : { 'content-range': range };
  return { command: command as UploadCommand, request: { httpMethod: command === 'cancel' ? 'DELETE' : 'PUT', target, headers: added } };
}

function toStart(target: string, headers: Headers): UploadRequest {
  const [type, length] = [textOf(headers, 'x-goog-upload-header-content-type'), textOf(headers, 'x-goog-upload-header-content-length')];
  return {
    httpMethod: 'POST',
    target: /[?&]uploadType=/.test(target) ? target : `${target}${target.includes('?') ? '&' : '?'}uploadType=resumable`,
    headers: {
      ...(type === undefined ? {} : { 'x-upload-content-type': type }),
      ...(length === undefined ? {} : { 'x-upload-content-length': length }),
    },
  };
}

/** A body of unknown length ends where it ends, as gaxios says it: `bytes 0-*` of unknown total. */
function toContentRange(command: UploadCommand, headers: Headers): string | undefined {
  if (command === 'query' || command === 'cancel') return 'bytes */*';
  const offset = textOf(headers, 'x-goog-upload-offset') ?? '0';
  const declared = textOf(headers, 'content-length');
  if (!/^\d{1,15}$/.test(offset) || !/^\d{0,15}$/.test(declared ?? '')) return undefined;
  const isLast = command !== 'upload';
  if (declared === undefined && command !== 'finalize') return isLast ? `bytes ${offset}-*/*` : undefined;
  const end = Number(offset) + Number(declared ?? 0);
  return end === Number(offset) ? `bytes */${isLast ? end : '*'}` : `bytes ${offset}-${end - 1}/${isLast ? end : '*'}`;
}

/** What the answer to the older spelling is in the newer one. */
export function toCommandAnswer(
  command: UploadCommand,
  status: number,
  { location, range, ...headers }: Readonly<Record<string, string>>,
): { readonly status: number; readonly headers: Readonly<Record<string, string>> } {
  if (command === 'start' && status < 300 && location !== undefined)
    return { status, headers: { ...headers, 'x-goog-upload-status': 'active', 'x-goog-upload-url': location } };
  if (status === 308) {
    const received = range === undefined ? 0 : Number(/-(\d+)$/.exec(range)?.[1] ?? -1) + 1;
    return { status: 200, headers: { ...headers, 'x-goog-upload-status': 'active', 'x-goog-upload-size-received': String(received) } };
  }
  if (command === 'cancel' && status === 499) return { status: 200, headers: { ...headers, 'x-goog-upload-status': 'cancelled' } };
  return { status, headers: { ...headers, ...(location === undefined ? {} : { location }), 'x-goog-upload-status': 'final' } };
}

function textOf(headers: Headers, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}
