import { randomUUID } from 'node:crypto';
import type { DuckDBValue } from '@duckdb/node-api';
import { BigQueryError } from '../../../bigquery/error-envelope.ts';
import type { TableFieldSchema } from '../../../bigquery/schema.ts';
import { analyze } from '../../../googlesql/analyze/analyze.ts';
import { parseBodyQuery } from '../../../googlesql/analyze/parse-body.ts';
import { toDuckDB } from '../../../googlesql/to-duckdb.ts';
import type { SqlType } from '../../../googlesql/types/sql-type.ts';
import type { CatalogCore } from '../catalog/catalog-core.ts';
import type { DryRun, EngineOptions, QueryOutcome, QueryRequest } from '../engine.ts';
import { createInvalid } from '../failure.ts';
import { JavaScriptFunctions } from '../javascript/javascript-functions.ts';
import type { DatasetReference } from '../resource.ts';
import { AnalysisCatalog } from './analysis-catalog.ts';
import { dryRun } from './dry-run.ts';
import { QueryWorld } from './query-world.ts';
import { schemaOf } from './result-table.ts';
import { runRequest } from './run-request.ts';
import { Session } from './session.ts';
import { translateError } from './translate-error.ts';

const SESSION_IDLE_MS = 86_400_000;

/** Queries and scripts, each with a session of its own or one that stays. */
export class QueryRunner {
  readonly #world: QueryWorld;
  readonly #sessions = new Map<string, Session>();
  readonly #aborted = new Set<string>();

  constructor(core: CatalogCore, options: EngineOptions) {
    this.#world = new QueryWorld(core, options, new JavaScriptFunctions(core.duck, options));
    this.#world.abortSession = (sessionId) => this.#aborted.add(sessionId);
    this.#world.sessions = () => this.#sessions.values();
  }

  async query(request: QueryRequest): Promise<QueryOutcome> {
    const session = await this.#open(request);
    try {
      const outcome = await withTimeout(request, this.#world.options.statementTimeoutMs, (timed) =>
        runRequest(this.#world, session, timed),
      );
      return request.sessionId === undefined ? outcome : { ...outcome, sessionId: request.sessionId };
    } catch (error) {
      throw translateError(error);
    } finally {
      await this.#leave(session);
    }
  }

  dryRun(request: QueryRequest): Promise<DryRun> {
    const session = request.sessionId === undefined ? undefined : this.#sessions.get(request.sessionId);
    return dryRun(this.#world, request, session);
  }

  /** Throws what is wrong with the view's query. */
  describeView(query: string, { projectId, datasetId }: DatasetReference): readonly TableFieldSchema[] {
    try {
      const catalog = new AnalysisCatalog(this.#world, { projectId, tempTables: new Map(), tempRoutines: new Map() });
      const body = parseBodyQuery(query);
      return schemaOf(toDuckDB(analyze(body.query, { text: body.text, catalog, defaults: { projectId, datasetId } })));
    } catch (error) {
      throw translateError(error);
    }
  }

  async evaluateDefault(expression: string, type: SqlType, _projectId: string): Promise<DuckDBValue> {
    const duckSql = this.#world.translateDefault(expression, type);
    return (await this.#world.core.duck.use((connection) => connection.transaction(() => connection.rows(`SELECT ${duckSql}`))))[0]![0]!;
  }

  async createSession(projectId: string): Promise<string> {
    const id = randomUUID();
    this.#sessions.set(id, new Session(projectId, await this.#world.core.duck.connect(), id));
    return id;
  }

  async closeSession(sessionId: string): Promise<void> {
    const session = this.#sessions.get(sessionId);
    this.#sessions.delete(sessionId);
    if (session) await this.#end(session);
  }

  async close(): Promise<void> {
    for (const sessionId of [...this.#sessions.keys()]) await this.closeSession(sessionId);
    this.#world.javascript.close();
  }

  async #open(request: QueryRequest): Promise<Session> {
    if (request.sessionId === undefined) return new Session(request.projectId, await this.#world.core.duck.connect());
    await this.#closeIdle();
    const session = this.#sessions.get(request.sessionId);
    if (!session) throw createInvalid(`Session ${request.sessionId} is not found or has expired.`, 'connectionProperties.session_id');
    if (session.isBusy)
      throw createInvalid(`Another job is already running in session ${request.sessionId}.`, 'connectionProperties.session_id');
    session.isBusy = true;
    session.usedAt = Date.now();
    session.userEmail = request.userEmail;
    return session;
  }

  /** BigQuery ends sessions after a day without a query. */
  async #closeIdle(): Promise<void> {
    const since = Date.now() - SESSION_IDLE_MS;
    for (const [id, { usedAt, isBusy }] of [...this.#sessions]) if (!isBusy && usedAt < since) await this.closeSession(id);
  }

  async #leave(session: Session): Promise<void> {
    if (session.id === undefined) return this.#end(session);
    session.isBusy = false;
    if (this.#aborted.delete(session.id)) await this.closeSession(session.id);
  }

  /** What a script leaves open is rolled back, and its temporary tables go. */
  async #end(session: Session): Promise<void> {
    const { core } = this.#world;
    if (session.connection.isInTransaction) {
      await session.rollbackTransaction();
      core.sizes.forgetAll();
    }
    core.duck.release(session.connection);
    if (core.state.dataset(session.tempDataset)) await core.dropHiddenDataset(session.tempDataset);
  }
}

/** A request that takes too long is stopped like a cancelled one, and says why. */
async function withTimeout<Value>(
  request: QueryRequest,
  limitMs: number | undefined,
  run: (timed: QueryRequest) => Promise<Value>,
): Promise<Value> {
  if (limitMs === undefined) return run(request);
  const timer = AbortSignal.timeout(limitMs);
  try {
    return await run({ ...request, signal: request.signal ? AbortSignal.any([request.signal, timer]) : timer });
  } catch (error) {
    if (!timer.aborted || request.signal?.aborted) throw error;
    throw new BigQueryError({
      reason: 'timeout',
      message: `Operation timed out after ${limitMs} ms. Consider reducing the amount of work performed by your operation so that it can complete within this limit.`,
    });
  }
}
