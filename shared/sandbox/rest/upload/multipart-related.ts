import { BigQueryError } from '../../../bigquery/error-envelope.ts';

export type Part = { readonly headers: Readonly<Record<string, string>>; readonly body: AsyncIterable<Buffer> };

/**
 * Reads a `multipart/related` body (RFC 2387) part by part, in constant memory: a part's body must be read to its end before the next part is asked for.
 * Throws badRequest for a body that ends before its closing delimiter.
 */
export async function* readMultipart(stream: AsyncIterable<Uint8Array>, contentType: string): AsyncGenerator<Part> {
  const reader = createReader(stream, parseBoundary(contentType));
  if (!(await reader.skipPreamble())) return;
  for (;;) {
    const headers = parsePartHeaders(await reader.readHead());
    yield { headers, body: reader.readBody() };
    if (await reader.isLast()) return;
  }
}

function parseBoundary(contentType: string): string {
  const match = /;\s*boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType);
  const boundary = match?.[1] ?? match?.[2];
  if (boundary === undefined || boundary.length > 200) throw malformed('it names no boundary');
  return boundary;
}

const malformed = (why: string): BigQueryError => new BigQueryError({ reason: 'badRequest', message: `Malformed multipart body: ${why}` });

function parsePartHeaders(head: string): Record<string, string> {
  const lines = head.split(/\r?\n/).filter((line) => line.includes(':'));
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).trim().toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  );
}

/** Bytes of a part's head, headers and all. */
const maxHeadBytes = 16_384;

function createReader(stream: AsyncIterable<Uint8Array>, boundary: string) {
  const source = stream[Symbol.asyncIterator]();
  // Lines end with CRLF (RFC 2046 §4.1.1), or all with LF, as Python's googleapiclient writes them: the first one tells.
  let newline = '\r\n';
  let delimiter = Buffer.from(`${newline}--${boundary}`);
  // The first delimiter has no line break before it; with one put there it is like the others.
  let buffer = Buffer.from('\r\n');

  const fill = async (): Promise<boolean> => {
    const next = await source.next();
    if (next.done === true) return false;
    buffer = buffer.byteLength === 0 ? Buffer.from(next.value) : Buffer.concat([buffer, next.value]);
    return true;
  };
  const fillOrThrow = async (): Promise<void> => {
    if (!(await fill())) throw malformed('it ends before its closing delimiter');
  };
  async function* readBody(): AsyncGenerator<Buffer> {
    for (;;) {
      const end = buffer.indexOf(delimiter);
      const sure = end < 0 ? Math.max(0, buffer.byteLength - delimiter.byteLength) : end;
      if (sure > 0) yield buffer.subarray(0, sure);
      buffer = buffer.subarray(end < 0 ? sure : end + delimiter.byteLength);
      if (end >= 0) return;
      await fillOrThrow();
    }
  }
  const isLast = async (): Promise<boolean> => {
    while (buffer.byteLength < 2) await fillOrThrow();
    const isEnd = buffer.subarray(0, 2).toString('latin1') === '--';
    if (isEnd) while (await fill()) buffer = Buffer.alloc(0);
    return isEnd;
  };
  return {
    readBody,
    isLast,
    async skipPreamble(): Promise<boolean> {
      for await (const _preamble of readBody());
      if (await isLast()) return false;
      if (buffer[0] === 0x0a) newline = '\n';
      delimiter = Buffer.from(`${newline}--${boundary}`);
      return true;
    },
    async readHead(): Promise<string> {
      const emptyLine = newline + newline;
      let end = buffer.indexOf(emptyLine);
      while (end < 0) {
        if (buffer.byteLength > maxHeadBytes) throw malformed('a part has too long a head');
        await fillOrThrow();
        end = buffer.indexOf(emptyLine);
      }
      const head = buffer.subarray(0, end).toString('latin1');
      buffer = buffer.subarray(end + emptyLine.length);
      return head;
    },
  };
}
