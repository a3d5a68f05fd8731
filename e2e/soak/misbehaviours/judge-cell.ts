import type { End } from '../../../shared/bundle/format.ts';
import type { RecordedExchange } from '../ledgers/read-records.ts';
import type { Seen } from './ask-cell.ts';
import { type Cell, type Digest, digestOf, type Expected } from './cell.ts';

type Findings = (isRight: boolean, what: string) => void;

/** What is wrong about a cell: with what its client saw, and with what its record says. Empty when all is right. */
export function judgeCell(cell: Cell, expected: Expected, seen: Seen, recorded: readonly RecordedExchange[]): string[] {
  const faults: string[] = [];
  const expect: Findings = (isRight, what) => void (isRight || faults.push(what));
  const [exchange] = recorded;
  if (recorded.length !== 1 || exchange?.end?.kind !== 'end') return [`it is recorded ${recorded.length} times`];
  const { end } = exchange;
  if (expected.kind === 'whole') judgeWhole(expected, seen, exchange, end, expect);
  else if (expected.kind === 'close-delimited') judgeCloseDelimited(expected.body, seen, exchange, end, expect);
  else if (expected.kind === 'cut') judgeCut(cell, expected, seen, exchange, end, expect);
  else if (expected.kind === 'left') judgeLeft(expected.body, exchange, end, expect);
  else judgeRefused(expected, seen, exchange, end, expect);
  return faults;
}

const isSame = (one: Digest, other: Digest): boolean => one.length === other.length && one.sha256 === other.sha256;
const bodyOf = ({ responseLength: length, responseSha256: sha256 }: RecordedExchange): Digest => ({ length, sha256 });
const toText = ({ outcome, framing, reason, status, bytesFromUpstream, bytesToClient }: End): string =>
  JSON.stringify({ outcome, framing, reason, status, bytesFromUpstream, bytesToClient });

function judgeWhole(
  expected: Extract<Expected, { kind: 'whole' }>,
  seen: Seen,
  exchange: RecordedExchange,
  end: End,
  expect: Findings,
): void {
  const { status, body, encoding } = expected;
  expect(seen.status === status && seen.isTidy, `the client saw ${seen.status}, ${seen.isTidy ? 'whole' : 'broken'}`);
  expect(isSame(seen.body, body), `the client got ${seen.body.length} other bytes than the ${body.length} sent`);
  expect(seen.headers['content-encoding'] === encoding, `the client was told encoding ${seen.headers['content-encoding']}`);
  expect(isSame(bodyOf(exchange), body), `recorded are ${exchange.responseLength} other bytes`);
  const isRight = end.framing === 'complete' && end.status === status && end.outcome === (status >= 400 ? 'upstream-error' : 'answered');
  expect(isRight && end.bytesFromUpstream === body.length && end.bytesToClient === body.length, `its end says ${toText(end)}`);
}

function judgeCloseDelimited(body: Digest, seen: Seen, exchange: RecordedExchange, end: End, expect: Findings): void {
  const isUnframed = seen.headers['content-length'] === undefined && seen.headers['transfer-encoding'] === undefined;
  expect(isUnframed && seen.headers.connection === 'close', 'the client was told where the answer ends, which nobody knows');
  expect(isSame(seen.body, body) && seen.isTidy, `the client got ${seen.body.length} bytes of ${body.length}`);
  expect(isSame(bodyOf(exchange), body), `recorded are ${exchange.responseLength} other bytes`);
  expect(end.framing === 'close-delimited' && end.outcome === 'answered', `its end says ${toText(end)}`);
  expect(end.bytesFromUpstream === body.length && end.bytesToClient === body.length, `its end counts ${toText(end)}`);
}

function judgeCut(
  cell: Cell,
  { body, reason }: Extract<Expected, { kind: 'cut' }>,
  seen: Seen,
  exchange: RecordedExchange,
  end: End,
  expect: Findings,
): void {
  expect(!seen.isTidy, `the client saw a tidy answer of ${seen.body.length} bytes`);
  const isPrefix = seen.body.length > cell.body.length || isSame(seen.body, digestOf(cell.body.subarray(0, seen.body.length)));
  expect(isPrefix && seen.body.length <= body.length, `the client got ${seen.body.length} bytes that were not sent`);
  expect(isSame(bodyOf(exchange), body), `recorded are ${exchange.responseLength} bytes of ${body.length}`);
  expect(end.outcome === 'transport-failed' && end.framing === 'truncated' && end.status === 200, `its end says ${toText(end)}`);
  expect(reason.test(end.reason ?? ''), `its reason is "${end.reason}"`);
  expect(end.bytesFromUpstream === body.length, `its end counts ${end.bytesFromUpstream} bytes of ${body.length}`);
  const isCounted = end.bytesToClient <= body.length && end.bytesToClient >= seen.body.length;
  expect(isCounted, `its end counts ${end.bytesToClient} bytes to a client that got ${seen.body.length}`);
}

function judgeLeft(body: Digest, exchange: RecordedExchange, end: End, expect: Findings): void {
  const isRight = end.outcome === 'aborted' && end.framing === 'truncated' && end.reason === 'the client left';
  expect(isRight && end.bytesFromUpstream === body.length && end.bytesToClient <= body.length, `its end says ${toText(end)}`);
  expect(isSame(bodyOf(exchange), body), `recorded are ${exchange.responseLength} bytes of ${body.length}`);
}

function judgeRefused(
  { code, bytes }: Extract<Expected, { kind: 'refused' }>,
  seen: Seen,
  exchange: RecordedExchange,
  end: End,
  expect: Findings,
): void {
  expect(seen.status === 502 && seen.isTidy, `the client saw ${seen.status}, ${seen.isTidy ? 'whole' : 'broken'}`);
  expect(seen.start.includes('"backendError"'), `the client read ${seen.start.toString('latin1', 0, 200)}`);
  expect(isSame(bodyOf(exchange), seen.body), 'recorded is another refusal than the client got');
  const outcome = code === 'UPSTREAM_BROKE' ? 'transport-failed' : 'refused';
  expect(end.reason === code && end.framing === 'complete' && end.outcome === outcome && end.status === 502, `its end says ${toText(end)}`);
  expect(end.bytesFromUpstream === bytes, `its end counts ${end.bytesFromUpstream} bytes of ${bytes}`);
}
