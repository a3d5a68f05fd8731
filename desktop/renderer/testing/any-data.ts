import type { BundleState, CaseState, Overview } from '../../../shared/contract/case.ts';
import type { ExchangeDetail, ExchangeRow } from '../../../shared/contract/exchange.ts';

export const anExchangeRow = (number: number, more: Partial<ExchangeRow> = {}): ExchangeRow => ({
  exchangeId: `x${number}`,
  number,
  bundleId: 1,
  sessionId: 's1',
  at: `2026-03-02T09:00:${String(number % 60).padStart(2, '0')}.123456Z`,
  durationMs: 120,
  who: 'ci-bot@acme.example',
  httpMethod: 'POST',
  target: '/bigquery/v2/projects/acme/queries',
  methodId: 'bigquery.jobs.query',
  statementType: 'SELECT',
  sql: `SELECT ${number} FROM acme.sales.orders`,
  dryRun: false,
  effect: 'allow',
  rules: ['analysts-read-sales'],
  outcome: 'answered',
  status: 200,
  tables: ['acme.sales.orders'],
  totalBytesProcessed: '2048',
  totalRows: '5',
  bytesToClient: '900',
  hasResult: false,
  ...more,
});

export const anExchange = (number: number, more: Partial<ExchangeDetail> = {}): ExchangeDetail => {
  const row = more.row ?? anExchangeRow(number);
  return {
    row,
    principal: { kind: 'agent', issuer: 'https://issuer.example', subject: 'ci-bot', label: row.who, groups: [], actChain: [] },
    seq: String(number),
    client: {},
    statement: { sql: row.sql ?? '', statementType: 'SELECT', dryRun: false, parameters: [] },
    decision: { effect: row.effect, rules: row.rules },
    referencedTables: [],
    timings: [],
    sameJob: [],
    request: { httpMethod: row.httpMethod, target: row.target, headers: [{ name: 'content-type', value: 'application/json' }] },
    response: { status: 200, headers: [] },
    bodies: [{ side: 'request', bytes: 20, present: true }],
    record: { intent: '{"kind":"intent"}', end: '{"kind":"end"}' },
    ...more,
  };
};

export const aBundle = (more: Partial<BundleState> = {}): BundleState => ({
  bundleId: 1,
  path: '/cases/nightly.wacz',
  fileName: 'nightly.wacz',
  phase: 'ready',
  verdict: 'sound-unknown-key',
  sessionName: 'nightly-report',
  checksDone: 12,
  exchangesLoaded: 3,
  exchangesTotal: 3,
  elapsedMs: 40,
  problems: [],
  ...more,
});

export const aCase = (phase: CaseState['phase'] = 'ready', bundles: readonly BundleState[] = [aBundle()], revision = 1): CaseState => ({
  phase,
  bundles: [...bundles],
  revision,
});

export const anOverview = (): Overview => ({
  sessions: [],
  totals: {
    exchanges: 3,
    statements: 3,
    denied: 1,
    failed: 0,
    dryRuns: 0,
    rowsReturned: '9007199254740993',
    bytesProcessed: '12000000000',
    bytesToClient: '4096',
  },
  outcomes: [{ outcome: 'answered', effect: 'allow', exchanges: 3 }],
  statementTypes: [],
  tools: [],
  rules: [],
  datasets: [],
  dearest: [],
  findings: { high: 0, medium: 0, low: 0, info: 0 },
});
