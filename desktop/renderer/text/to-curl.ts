import type { ExchangeDetail } from '../../../shared/contract/exchange.ts';

/** What the transport sets by itself, or what says nothing about the question asked. */
const LEFT_OUT = new Set(['host', 'connection', 'content-length', 'accept-encoding', 'transfer-encoding', 'authorization', 'user-agent']);

/** Single quotes hold everything but a single quote, in every POSIX shell. */
const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** The recorded request as a command. The credential was never recorded: the caller's own takes its place. */
export function toCurl({ request }: Pick<ExchangeDetail, 'request'>, body: string | undefined): string {
  const url = /^https?:/.test(request.target) ? request.target : `https://bigquery.googleapis.com${request.target}`;
  const headers = request.headers.filter((header) => !LEFT_OUT.has(header.name.toLowerCase()));
  return [
    `curl -X ${quote(request.httpMethod)} ${quote(url)}`,
    '-H "Authorization: Bearer $(gcloud auth print-access-token)"',
    ...headers.map(({ name, value }) => `-H ${quote(`${name}: ${value}`)}`),
    ...(body === undefined ? [] : [`--data-raw ${quote(body)}`]),
  ].join(' \\\n  ');
}
