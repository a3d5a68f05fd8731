import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Exchange } from '../exchange.ts';

export type MetricsSource = {
  readonly recorder: { state(): { readonly ready: boolean; readonly queuedBytes: number; readonly openExchanges: number } };
  readonly sessions: { list(): readonly unknown[] };
  readonly folder: { readonly mistakes: readonly unknown[] };
  readonly sealing?: { state(): SealingFigures } | undefined;
};

type SealingFigures = { readonly sealed: number; readonly retired: number; readonly waiting: number; readonly trouble: string | undefined };

export type Metrics = {
  readonly registry: Registry;
  /** Told once for each exchange that ended. */
  count(exchange: Exchange): void;
};

const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 200];

/** What operators watch. No label carries what a client can choose freely. */
export function createMetrics({ recorder, sessions, folder, sealing }: MetricsSource): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const exchanges = new Counter({
    name: 'steno_exchanges_total',
    help: 'Exchanges that ended',
    labelNames: ['method', 'outcome', 'status'],
    registers: [registry],
  });
  const duration = new Histogram({
    name: 'steno_exchange_seconds',
    help: 'From the first byte of the request to the end of the record',
    labelNames: ['method'],
    buckets,
    registers: [registry],
  });
  const unjudged = new Counter({
    name: 'steno_unjudged_tables_total',
    help: 'Tables that BigQuery says a job referenced and that were not judged before it ran: above 0 somebody should look',
    registers: [registry],
  });
  addGauges(registry, [
    ['steno_recorder_ready', '1 while exchanges can be recorded', () => Number(recorder.state().ready)],
    ['steno_recorder_queued_bytes', 'Bytes that wait to be durable', () => recorder.state().queuedBytes],
    ['steno_open_exchanges', 'Exchanges under way', () => recorder.state().openExchanges],
    ['steno_open_sessions', 'Sessions that are open', () => sessions.list().length],
    [
      'steno_policy_mistakes',
      'Mistakes in the policy files as they are now; above 0 the last good policy is in force',
      () => folder.mistakes.length,
    ],
  ]);
  if (sealing !== undefined)
    addGauges(
      registry,
      sealingGauges(() => sealing.state()),
    );
  return {
    registry,
    count(exchange) {
      const { outcome = 'refused', status = 0 } = exchange.ending ?? {};
      const method = exchange.call?.method.id ?? 'unknown';
      exchanges.inc({ method, outcome, status });
      if (exchange.unjudged.length > 0) unjudged.inc(exchange.unjudged.length);
      duration.observe({ method }, exchange.elapsedMs() / 1000);
    },
  };
}

type GaugeRow = readonly [name: string, help: string, value: () => number];

const sealingGauges = (state: () => SealingFigures): readonly GaugeRow[] => [
  ['steno_sessions_sealed', 'Sessions sealed into the store of recordings since the start', () => state().sealed],
  ['steno_segments_retired', 'Journal segments let go of since the start', () => state().retired],
  ['steno_sessions_waiting', 'Closed sessions that are not sealed yet', () => state().waiting],
  [
    'steno_sealing_trouble',
    '1 while nothing can be sealed; the journal keeps everything meanwhile',
    () => Number(state().trouble !== undefined),
  ],
];

/** Values that are looked up when somebody asks. */
function addGauges(registry: Registry, rows: readonly GaugeRow[]): void {
  for (const [name, help, value] of rows) {
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(value());
      },
    });
  }
}
