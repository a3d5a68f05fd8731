/** Before a connection stood, or before a byte of the request was sent, nothing can have been executed. */
const neverSent = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_HAS_EXPIRED',
]);

const codeOf = (error: Error): string => (error as NodeJS.ErrnoException).code ?? '';

export const isProvablyNotExecuted = (error: Error): boolean =>
  neverSent.has(codeOf(error)) || (error instanceof AggregateError && error.errors.every(isProvablyNotExecuted));

/** For people: what happened to the transport, without addresses. */
export function describeFailure(error: Error): string {
  const code = codeOf(error instanceof AggregateError ? (error.errors[0] as Error) : error);
  if (code === 'ECONNREFUSED') return 'the connection was refused';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'its address could not be resolved';
  if (code === 'UND_ERR_CONNECT_TIMEOUT' || code === 'ETIMEDOUT') return 'the connection timed out';
  if (code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT') return 'it stopped answering';
  if (code === 'UND_ERR_SOCKET' || code === 'ECONNRESET' || code === 'EPIPE') return 'the connection was closed';
  if (code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH') return 'the answer was shorter than announced';
  if (code === 'UND_ERR_HEADERS_OVERFLOW') return 'its headers were too large';
  if (error.name === 'HTTPParserError') return `the answer was no well-formed HTTP (${code === '' ? error.message.slice(0, 100) : code})`;
  if (code.startsWith('ERR_SSL_')) return `the TLS connection broke (${code})`;
  return code === '' ? error.message.slice(0, 200) : code;
}
