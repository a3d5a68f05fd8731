import { randomUUID } from 'node:crypto';
import type { DuckDBValue } from '@duckdb/node-api';
import type { TableFieldSchema } from '../../../bigquery/schema.ts';
import type { SqlType } from '../../../googlesql/types/sql-type.ts';
import type { CatalogCore } from '../catalog/catalog-core.ts';
import type { DryRun, EngineOptions, QueryOutcome, QueryRequest } from '../engine.ts';
import { createNotImplemented } from '../failure.ts';
import type { DatasetReference } from '../resource.ts';

export class QueryRunner {
  constructor(_core: CatalogCore, _options: EngineOptions) {}
  describeView(_query: string, _home: DatasetReference): readonly TableFieldSchema[] {
    throw createNotImplemented('Views are not there yet');
  }
  async evaluateDefault(_expression: string, _type: SqlType, _projectId: string): Promise<DuckDBValue> {
    throw createNotImplemented('Default values are not there yet');
  }
  async query(_request: QueryRequest): Promise<QueryOutcome> {
    throw createNotImplemented('Queries are not there yet');
  }
  async dryRun(_request: QueryRequest): Promise<DryRun> {
    throw createNotImplemented('Queries are not there yet');
  }
  async createSession(_projectId: string): Promise<string> {
    return randomUUID();
  }
  async closeSession(_sessionId: string): Promise<void> {}
  async close(): Promise<void> {}
}
