// The one route of the sandbox's REST surface: match, handle, send. What each method does is in handlers.ts.
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify';
import type { MethodId } from '../../bigquery/api-method.ts';
import { toDiscoveryDocument } from '../../bigquery/discovery-document.ts';
import { BigQueryError, type ErrorFacts, toErrorEnvelope } from '../../bigquery/error-envelope.ts';
import { type MethodMatch, matchMethod, type TargetMatch } from '../../bigquery/match-method.ts';
import { parseFieldMask } from '../../bigquery/partial-response.ts';
import { toCommandAnswer, toResumableRequest, type UploadCommand, type UploadRequest } from '../../bigquery/upload-command.ts';
import type { Answer } from './answer.ts';
import { createFaults, type Fault, type FaultOptions, faultHeader } from './faults.ts';
import { checkParameters } from './query-parameters.ts';
import { readJson, readText } from './read-json.ts';
import { resolveProject } from './resolve-project.ts';
import type { Handler, JsonObject, RestCall } from './rest-call.ts';
import { type Delivery, sendAnswer } from './send-answer.ts';

export type RestAppOptions = {
  readonly handlers: ReadonlyMap<MethodId, Handler>;
  readonly faults?: FaultOptions | undefined;
  /** What the placeholder of a client that knows no project means, unless its request says. */
  readonly defaultProject?: (() => string | undefined) | undefined;
  /** Other HTTP surfaces beside BigQuery's; undefined: not theirs. */
  readonly elsewhere?: ((request: FastifyRequest, reply: FastifyReply) => Promise<void> | undefined) | undefined;
};

export function createRestApp({ handlers, faults, defaultProject, elsewhere }: RestAppOptions): FastifyInstance {
  const plannedFaults = createFaults(faults ?? {});
  const app = fastify({
    forceCloseConnections: true,
    // Longer than any client keeps an idle connection: who closes second never meets a reset.
    keepAliveTimeout: 620_000,
    routerOptions: { maxParamLength: 65_536 },
    // Targets that Fastify's router cannot read at all.
    frameworkErrors: (error, _request, reply) => {
      sendFailure(reply, error.message);
    },
  });
  // Bodies stay streams: some are uploads, some gzip.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, _payload, done) => done(null));
  app.setErrorHandler((error, _request, reply) => sendFailure(reply, error instanceof Error ? error.message : String(error)));
  app.all('*', async (request, reply) => {
    const taken = elsewhere?.(request, reply);
    if (taken !== undefined) return taken;
    reply.hijack();
    const delivery: { -readonly [Key in keyof Delivery]: Delivery[Key] } = { requestHeaders: request.headers };
    const upload = toResumableRequest(request.method, request.raw.url ?? '/', request.headers);
    const answered = await toSafeAnswer(async () => {
      if (typeof upload === 'string') throw new BigQueryError({ reason: 'badRequest', message: upload });
      Object.assign(request.headers, upload?.request.headers);
      const { httpMethod, target } = await applyMethodOverride(request, upload);
      const match = matchMethod(httpMethod, target);
      if (match.kind !== 'method') return answerOther(match, request);
      checkParameters(match);
      delivery.mask = parseFieldMask(match.query.get('fields') ?? match.query.get('$fields') ?? undefined);
      const fault = plannedFaults.next(match.method.id, toHeader(request, faultHeader));
      delivery.fault = fault;
      return fault?.kind === 'unavailable'
        ? answerUnavailable(fault)
        : handle(handlers, await resolveProject(toCall(match, httpMethod, request, reply), defaultProject));
    });
    const answer = typeof upload === 'object' ? inCommands(upload.command, answered) : answered;
    if (isFailure(answer)) delivery.mask = 'all';
    await sendAnswer(reply.raw, answer, delivery).catch(reportBug);
  });
  return app;
}

/** For requests that Fastify itself cannot read. */
function sendFailure(reply: FastifyReply, message: string): void {
  reply.hijack();
  sendAnswer(reply.raw, answerError({ reason: 'badRequest', message }), { requestHeaders: {} }).catch(reportBug);
}

const isFailure = ({ status = 200 }: Answer): boolean => status >= 400;

async function handle(handlers: ReadonlyMap<MethodId, Handler>, call: RestCall): Promise<Answer> {
  const { method } = call.match;
  const handler = handlers.get(method.id);
  if (handler === undefined) return answerError({ reason: 'notImplemented', message: `${method.id} is not offered here` });
  return handler(call);
}

async function toSafeAnswer(toAnswer: () => Promise<Answer>): Promise<Answer> {
  try {
    return await toAnswer();
  } catch (error) {
    if (error instanceof BigQueryError) return answerError(error);
    reportBug(error);
    return answerError({ reason: 'internalError', message: `An internal error occurred and the request could not be completed. ${error}` });
  }
}

function reportBug(error: unknown): void {
  console.error('sandbox:', error);
}

const answerError = (facts: ErrorFacts): Answer => {
  const body = toErrorEnvelope(facts);
  return { status: body.error.code, body };
};

const answerUnavailable = (_fault: Fault): Answer => ({
  ...answerError({ reason: 'backendError', message: 'Error encountered during execution. Retrying may solve the problem.' }),
  headers: { 'retry-after': '1' },
});

function answerOther(match: Exclude<TargetMatch, MethodMatch>, request: FastifyRequest): Answer {
  switch (match.kind) {
    case 'discovery':
      return { body: toDiscoveryDocument(toOrigin(request) + match.prefix) };
    case 'batch':
      return answerError({ reason: 'notImplemented', message: 'Batch requests are not offered: send each request by itself' });
    case 'wrong-http-method':
      return answerError({ reason: 'methodNotAllowed', message: `This path takes ${match.allowed.join(', ')} only` });
    case 'unknown':
      return answerError({ reason: 'notFound', message: `Not found: ${request.raw.url}` });
    case 'refused':
      return answerError({ reason: 'badRequest', message: match.why, ...toParameterLocation(match.parameter) });
  }
}

const toParameterLocation = (parameter: string | undefined) =>
  parameter === undefined ? {} : { location: parameter, locationType: 'parameter' };

function toCall(match: MethodMatch, httpMethod: string, request: FastifyRequest, reply: FastifyReply): RestCall {
  let body: Promise<JsonObject> | undefined;
  return {
    match,
    httpMethod,
    headers: request.headers,
    origin: toOrigin(request) + (match.sessionName === undefined ? '' : `/s/${match.sessionName}`),
    stream: request.raw,
    signal: toAbortSignal(reply),
    readBody: () => {
      body ??= readJson(request.raw, request.headers);
      return body;
    },
  };
}

function toAbortSignal(reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) controller.abort();
  });
  return controller.signal;
}

/** Google's newer spelling of resumable uploads. */
function inCommands(command: UploadCommand, answer: Answer): Answer {
  const { status, headers } = toCommandAnswer(command, answer.status ?? 200, answer.headers ?? {});
  return { ...answer, status, headers };
}

const toOrigin = (request: FastifyRequest): string => `${request.protocol}://${request.headers.host ?? 'localhost'}`;

const toHeader = (request: FastifyRequest, name: string): string | undefined => {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
};

/** Java tunnels PATCH as POST; googleapiclient tunnels a long GET as a POST whose form body is the query. No other override is honoured. */
async function applyMethodOverride(
  request: FastifyRequest,
  upload: { readonly request: UploadRequest } | undefined,
): Promise<{ httpMethod: string; target: string }> {
  if (upload !== undefined) return upload.request;
  const target = request.raw.url ?? '/';
  const override = request.method === 'POST' ? toHeader(request, 'x-http-method-override')?.toUpperCase() : undefined;
  if (override === 'PATCH') return { httpMethod: 'PATCH', target };
  const isForm = /^application\/x-www-form-urlencoded/i.test(request.headers['content-type'] ?? '');
  if (override === 'GET' && isForm) {
    const form = await readText(request.raw);
    return { httpMethod: 'GET', target: form === '' ? target : `${target}${target.includes('?') ? '&' : '?'}${form}` };
  }
  return { httpMethod: request.method, target };
}
