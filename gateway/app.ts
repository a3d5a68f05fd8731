// The product, in order. A request becomes an exchange, and the exchange passes the stages below; whatever happens, it ends in the record.
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { matchMethod, type TargetMatch } from '../shared/bigquery/match-method.ts';
import type { Config } from './config.ts';
import { decideContent } from './content-mode.ts';
import { describeDoors, doorsPath } from './doors/describe-doors.ts';
import { doorOf, http2Connection } from './doors/door.ts';
import { createStorageDoor } from './doors/storage-door.ts';
import { behindTls, openTls } from './doors/tls-server.ts';
import { Drain } from './drain.ts';
import { Refusal } from './errors.ts';
import { type Door, Exchange, originOf } from './exchange.ts';
import { refuseCredentialInTarget } from './identity/identify.ts';
import { tokenRoutes } from './identity/token-routes.ts';
import { inspect } from './inspect/inspect.ts';
import { inspectUpload } from './inspect/inspect-upload.ts';
import { ClientGone, readBody } from './inspect/read-body.ts';
import { applyOverride } from './method-override.ts';
import { log } from './observe/log.ts';
import { nobody, toIntent, toPrincipalInput } from './open-record.ts';
import { UpstreamRefused } from './probe-statement.ts';
import type { Recorder } from './record/recorder.ts';
import { answerRefusal, refuseConnection } from './refuse.ts';
import { resolveProject } from './resolve-project.ts';
import { serveDiscovery } from './serve-discovery.ts';
import { openStages, type Stages } from './stages.ts';
import { applyUploadCommand } from './upload-command.ts';
import { sendAnswer } from './upstream/send-answer.ts';

export type AppOptions = {
  readonly config: Config;
  readonly recorder: Recorder;
  readonly stages?: Stages;
  /** Told of every exchange when it is over, for metrics. */
  readonly onEnd?: (exchange: Exchange) => void;
  readonly drain?: Drain;
};

export async function createApp({
  config,
  recorder,
  stages,
  onEnd,
  drain = new Drain(config.shutdownSeconds * 1000),
}: AppOptions): Promise<FastifyInstance> {
  const tls = await openTls(config);
  const open = stages ?? (await openStages(config, recorder));
  const follow = (request: IncomingMessage, response: ServerResponse, door: Door, course: typeof answer): void => {
    const exchange = new Exchange(request, response, door);
    const taken = drain.isClosing ? refuseClosing(exchange, open) : course(exchange, open);
    const place = drain.enter(exchange);
    const end = (): void => {
      drain.leave(place);
      onEnd?.(exchange);
    };
    taken.then(end, (error: unknown) => {
      log.error({ exchange: exchange.id, err: error }, 'an exchange failed');
      response.destroy();
      end();
    });
  };
  const begin = ({ raw }: FastifyRequest, reply: FastifyReply): void => {
    reply.hijack();
    follow(raw, reply.raw, doorOf(raw, config.universe?.domain), answer);
  };
  const app = Fastify<Server>({
    logger: false,
    exposeHeadRoutes: false,
    // While the gateway ends, refusals are ours: in Google's envelope, and recorded.
    return503OnClosing: false,
    routerOptions: { maxParamLength: 4096 },
    frameworkErrors: (_error, request, reply) => begin(request, reply),
    clientErrorHandler: (_error, socket) => refuseConnection(socket),
    ...(tls === undefined ? {} : behindTls(tls)),
  });
  const storage = createStorageDoor((request, response, door) => follow(request, response, door, answerStorageRead));
  app.server.on(http2Connection, storage.accept);
  tokenRoutes(app, open);
  // Sign-in libraries are heavy, and most gateways serve agents alone.
  if (config.people !== undefined) (await import('./console/console-routes.ts')).consoleRoutes(app, open);
  app.get(doorsPath, async (request) => describeDoors(config, originOf(request.raw, 'direct')));
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, _payload, done) => done(null));
    scope.all('/*', begin);
    scope.setNotFoundHandler(begin);
  });
  // Still listening: who comes now is told so, which a closed door would not do. Connections of the proxy door are waited for too.
  app.addHook('preClose', async () => {
    await drain.finish();
    storage.close();
    app.server.closeIdleConnections();
  });
  app.addHook('onClose', async () => {
    tls?.close();
    await open.close();
  });
  return app;
}

/** The stages. Masking and approval will stand where they are named. */
async function answer(exchange: Exchange, stages: Stages): Promise<void> {
  const { identity, sessions, policy, forwarder, config } = stages;
  try {
    await applyOverride(exchange);
    applyUploadCommand(exchange);
    const match = matchMethod(exchange.httpMethod, exchange.target);
    if (match.kind === 'discovery') return serveDiscovery(exchange, config, match.prefix);
    route(exchange, match);
    await identity.identify(exchange);
    exchange.mark('identity');
    sessions.attach(exchange);
    resolveProject(exchange, config);
    refuseForeignJob(exchange, stages);
    await (exchange.call!.upload === undefined ? inspect(exchange, config.limits) : inspectUpload(exchange, config.limits));
    exchange.mark('inspect');
    refuseForeignNames(exchange, stages);
    forwarder.connect(exchange);
    openSession(exchange, stages);
    await policy.decide(exchange);
    exchange.mark('policy');
    // approval: a human's yes, before the intent
    const request = await forwarder.prepare(exchange);
    openRecord(exchange, stages);
    forwarder.record(exchange, request);
    if (exchange.job !== undefined && exchange.call!.method.id === 'bigquery.jobs.insert') stages.owners.own(exchange.job, exchange);
    const durable = exchange.recording!.durable();
    await (exchange.kept === undefined ? durable : Promise.all([durable, exchange.kept]));
    exchange.mark('intentDurable');
    // masking: rows are rewritten as they pass
    await forwarder.forward(exchange, request);
  } catch (error) {
    await endOtherwise(exchange, error, stages);
  }
}

/** The gateway is ending: nothing new begins. */
const refuseClosing = (exchange: Exchange, stages: Stages): Promise<void> => endOtherwise(exchange, new Refusal('GATEWAY_CLOSING'), stages);

/** A gRPC call of the Storage Read API: known who asked for what, recorded, refused. */
async function answerStorageRead(exchange: Exchange, stages: Stages): Promise<void> {
  try {
    await stages.identity.identify(exchange);
    exchange.mark('identity');
    stages.sessions.attach(exchange);
    const bytes = await readBody(exchange.request, stages.config.limits.requestBodyBytes);
    exchange.body = { bytes, contentType: exchange.request.headers['content-type'], dropped: [] };
    exchange.decision = { effect: 'deny', rules: [], reason: 'STORAGE_READ_NOT_OFFERED', policyDigest: '' };
    throw new Refusal('STORAGE_READ_NOT_OFFERED', { exchangeId: exchange.id });
  } catch (error) {
    await endOtherwise(exchange, error, stages);
  }
}

/** Which method of BigQuery is meant? */
function route(exchange: Exchange, match: TargetMatch): void {
  if (match.kind === 'method') exchange.call = match;
  if (match.kind === 'refused') {
    refuseCredentialInTarget(match.parameter);
    throw new Refusal('REQUEST_MALFORMED', { why: match.why });
  }
  if (match.kind === 'batch') throw new Refusal('ROUTE_BATCH');
  if (match.kind === 'wrong-http-method')
    throw new Refusal('ROUTE_WRONG_METHOD', { method: exchange.httpMethod, allowed: match.allowed.join(', ') });
  if (match.kind !== 'method')
    throw new Refusal('ROUTE_UNKNOWN', { method: exchange.httpMethod, path: exchange.target.split('?')[0]!.slice(0, 200) });
  const { id, notOffered } = match.method;
  if (notOffered !== undefined) throw new Refusal('ROUTE_NOT_OFFERED', { method: id, why: notOffered });
}

/** Jobs are seen by who made them. */
function refuseForeignJob(exchange: Exchange, { owners }: Stages): void {
  const { method, params, uploadId } = exchange.call!;
  if (params['tableId'] !== undefined) owners.refuseForeignResult(exchange);
  if (method.resource !== 'job' && uploadId === undefined) return;
  if (uploadId === undefined) exchange.job = { projectId: exchange.projectId ?? params['projectId']!, jobId: params['jobId']! };
  owners.refuseForeign(exchange);
}

/** What the body names must be the principal's own: a job id not taken by another, a session of BigQuery's that it began. */
function refuseForeignNames(exchange: Exchange, { owners }: Stages): void {
  owners.refuseTaken(exchange);
  const bigQuerySession = exchange.statement?.bigQuerySession;
  if (bigQuerySession !== undefined) owners.refuseForeignSession(bigQuerySession, exchange);
}

/** A session that recovery closed cannot be written to again: then a fresh one begins. */
function openSession(exchange: Exchange, { recorder, sessions, config }: Stages): void {
  decideContent(exchange, config);
  const open = ({ sessionId, name, startedAt } = exchange.session!): void =>
    recorder.openSession({ sessionId, name, startedAt, principal: toPrincipalInput(exchange) });
  try {
    open();
  } catch (error) {
    if ((error as Error).name !== 'SessionClosed') throw error;
    sessions.renew(exchange);
    open();
  }
}

function openRecord(exchange: Exchange, { recorder }: Stages): void {
  exchange.recording = recorder.open(toIntent(exchange));
  const bytes = exchange.body?.bytes;
  if (bytes !== undefined && bytes.length > 0) exchange.recording.requestBody(bytes);
}

/** The exchange did not take its course: refused by us, answered early by BigQuery, or the client is gone. */
async function endOtherwise(exchange: Exchange, error: unknown, stages: Stages): Promise<void> {
  const refusal = toRefusal(error, exchange);
  try {
    if (exchange.recording === undefined) {
      exchange.principal ??= nobody;
      exchange.session ??= stages.sessions.find(nobody, 'unauthenticated');
      if (!(error instanceof UpstreamRefused)) exchange.decision ??= { effect: 'error', rules: [], policyDigest: '' };
      if (refusal.status === 401 || refusal.status === 404)
        exchange.decision = { effect: 'deny', rules: [], reason: refusal.code, policyDigest: '' };
      openSession(exchange, stages);
      openRecord(exchange, stages);
    }
    if (error instanceof UpstreamRefused) await sendAnswer(exchange, error.answer);
    else await answerRefusal(exchange, refusal);
  } catch (failure) {
    exchange.recording = undefined;
    await answerRefusal(exchange, toRefusal(failure, exchange));
  }
}

function toRefusal(error: unknown, exchange: Exchange): Refusal {
  if (error instanceof Refusal) return error;
  const { name, message } = error as Error;
  if (name === 'RecorderDown' || name === 'IntentTooLarge') return new Refusal('RECORDER_UNAVAILABLE', { why: message });
  // Before the request is sent; what fails after it never looks complete.
  if (name === 'LedgerDown' && exchange.timings.intentDurable === 0) return new Refusal('LEDGER_UNAVAILABLE', { why: message });
  if (!(error instanceof ClientGone) && !(error instanceof UpstreamRefused))
    log.error({ exchange: exchange.id, err: error }, 'an exchange failed');
  return new Refusal('GATEWAY_BUG', { exchangeId: exchange.id });
}
