// OpenTelemetry spans, made when an exchange has ended: until then it costs nothing but the times that the record needs anyway.
import { type Context, context, ROOT_CONTEXT, SpanKind, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, ParentBasedSampler, TraceIdRatioBasedSampler, TracerProvider } from '@opentelemetry/sdk-trace';
import type { Config } from '../config.ts';
import type { Exchange, Timings } from '../exchange.ts';
import { describeExchange } from './describe-exchange.ts';

export type Tracing = { trace(exchange: Exchange): void; close(): Promise<void> };

type TelemetryConfig = NonNullable<Config['telemetry']>;

/** Sends spans to an OTLP collector over HTTP; a collector that is down loses spans, never exchanges. */
export function openTracing({ tracesEndpoint, sampleRatio, serviceName }: TelemetryConfig): Tracing {
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': serviceName }),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(sampleRatio) }),
    spanProcessors: [new BatchSpanProcessor({ exporter: new OTLPTraceExporter({ url: tracesEndpoint }) })],
  });
  const tracer = provider.getTracer('steno-gateway');
  return {
    trace: (exchange) => traceExchange(tracer, exchange),
    close: () => provider.shutdown().catch(() => undefined),
  };
}

/** Stage by stage: the name of its span, the time it ended at, and where it began. */
const stages: readonly (readonly [name: string, from: keyof Timings | undefined, to: keyof Timings])[] = [
  ['identity', undefined, 'identity'],
  ['inspect', 'identity', 'inspect'],
  ['policy', 'inspect', 'policy'],
  ['record intent', 'policy', 'intentDurable'],
  ['upstream', 'intentDurable', 'upstreamLastByte'],
];

const propagator = new W3CTraceContextPropagator();

function traceExchange(tracer: Tracer, exchange: Exchange): void {
  const startTime = exchange.at.getTime();
  const end = startTime + exchange.elapsedMs();
  const method = exchange.call?.method.id ?? 'unknown method';
  const root = tracer.startSpan(method, { kind: SpanKind.SERVER, startTime, attributes: toAttributes(exchange) }, parentOf(exchange));
  if ((exchange.ending?.status ?? 0) >= 500) root.setStatus({ code: SpanStatusCode.ERROR });
  if (root.isRecording()) {
    const inside = trace.setSpan(ROOT_CONTEXT, root);
    for (const [name, from, to] of stages) {
      const [begun, ended] = [from === undefined ? 0 : exchange.timings[from], exchange.timings[to]];
      if (ended === 0 || ended < begun) continue;
      const kind = name === 'upstream' ? SpanKind.CLIENT : SpanKind.INTERNAL;
      tracer.startSpan(name, { kind, startTime: startTime + begun }, inside).end(startTime + ended);
    }
  }
  root.end(end);
}

/** The client's own trace, where its request carries one (`traceparent`). */
const parentOf = ({ request }: Exchange): Context =>
  propagator.extract(context.active(), request.headers, {
    get: (headers, name) => headers[name],
    keys: (headers) => Object.keys(headers),
  });

/** Names as OpenTelemetry's conventions have them, and `steno.` for what they do not know. */
function toAttributes(exchange: Exchange): Record<string, string | number> {
  const { method, project, status, ...facts } = describeExchange(exchange);
  const attributes: Record<string, string | number> = {
    'rpc.system': 'bigquery',
    'http.request.method': exchange.request.method ?? '',
    ...(method === undefined ? {} : { 'rpc.method': method }),
    ...(project === undefined ? {} : { 'gcp.project_id': project }),
    ...(status === undefined ? {} : { 'http.response.status_code': status }),
  };
  for (const [name, value] of Object.entries(facts)) {
    if (value !== undefined) attributes[`steno.${name}`] = typeof value === 'number' ? value : String(value);
  }
  return attributes;
}
