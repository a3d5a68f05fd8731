import { analyzeScalar } from '../../../googlesql/analyze/analyze.ts';
import { parseBodyExpression } from '../../../googlesql/analyze/parse-body.ts';
import { expressionToDuckDB } from '../../../googlesql/to-duckdb.ts';
import type { SqlType } from '../../../googlesql/types/sql-type.ts';
import type { CatalogCore } from '../catalog/catalog-core.ts';
import { KeyedLock } from '../catalog/keyed-lock.ts';
import type { EngineOptions } from '../engine.ts';
import type { JavaScriptFunctions } from '../javascript/javascript-functions.ts';
import { ResultCache } from './result-cache.ts';
import type { Session } from './session.ts';

/** What all statements of an engine share. */
export class QueryWorld {
  readonly core: CatalogCore;
  readonly options: EngineOptions;
  readonly javascript: JavaScriptFunctions;
  /** Writers of one table wait for each other, as BigQuery queues DML. */
  readonly writers = new KeyedLock();
  readonly results = new ResultCache();

  /** Set by whoever keeps the sessions. */
  abortSession: (sessionId: string) => void = () => {};
  /** Those that stay open between requests. */
  sessions: () => Iterable<Session> = () => [];

  constructor(core: CatalogCore, options: EngineOptions, javascript: JavaScriptFunctions) {
    this.core = core;
    this.options = options;
    this.javascript = javascript;
  }

  /** DuckDB SQL of a column's DEFAULT. It may call functions and read nothing. */
  translateDefault(expression: string, type: SqlType): string {
    const body = parseBodyExpression(expression);
    const catalog = { findTable: () => undefined, findRoutine: () => undefined };
    return expressionToDuckDB(analyzeScalar(body.expression, { text: body.text, catalog, defaults: {} }, type));
  }
}
