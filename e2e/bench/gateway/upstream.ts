// BigQuery's place in the benchmark: answers of fixed sizes, out of memory, as fast as Node can.
import { createServer, type ServerResponse } from 'node:http';
import { pourBytes } from '../../../gateway/testing/pour-bytes.ts';

/** Table names and the size of their answer in bytes. */
export const answerSizes = { t1k: 1024, t50k: 50 * 1024, t2m: 2 * 1024 * 1024, t20m: 20 * 1024 * 1024 } as const;

function answerOf(size: number): Buffer {
  const head = '{"kind":"bigquery#tableDataList","etag":"e","totalRows":"1","rows":[';
  const row = '{"f":[{"v":"1234567"},{"v":"a customer of the shop"},{"v":"1795000000000000"},{"v":"19.90"}]}';
  const rows = Array.from({ length: Math.max(1, Math.floor((size - head.length - 2) / (row.length + 1))) }, () => row).join(',');
  return Buffer.from(`${head}${rows}]}`.padEnd(size, ' '));
}

const bodies = new Map(Object.entries(answerSizes).map(([table, size]) => [table, answerOf(size)]));

/** `pourN`: so many MiB, no faster than they are taken. */
function pour(response: ServerResponse, bytes: number): void {
  response.writeHead(200, { 'content-type': 'application/json; charset=UTF-8', 'content-length': bytes });
  pourBytes(response, bytes, bodies.get('t50k'));
}

if (import.meta.main) {
  const server = createServer((request, response) => {
    const table = /\/tables\/(\w+)\//.exec(request.url ?? '')?.[1] ?? '';
    const body = bodies.get(table);
    const poured = /^pour(\d+)$/.exec(table)?.[1];
    if (poured !== undefined) return pour(response, Number(poured) * 1024 * 1024);
    if (body === undefined) return response.writeHead(404).end();
    response.writeHead(200, { 'content-type': 'application/json; charset=UTF-8', 'content-length': body.length });
    return response.end(body);
  });
  server.keepAliveTimeout = 60_000;
  server.listen(Number(process.env['PORT']), '127.0.0.1', () => console.log('ready'));
}
