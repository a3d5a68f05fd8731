// Test data: an engine whose tables are given and whose queries do what the test says.
import { BigQueryError } from '../../bigquery/error-envelope.ts';
import type { Engine, LoadRequest, QueryOutcome, QueryRequest, Row } from '../engine/engine.ts';
import type { TableReference, TableResource, TableSchema } from '../engine/resource.ts';

export type AnyTable = { readonly schema: TableSchema; readonly rowCount: number; readonly toRow: (index: number) => Row };

export type EngineSetup = {
  /** By `project.dataset.table`. */
  readonly tables?: Readonly<Record<string, AnyTable>>;
  readonly onQuery?: (request: QueryRequest) => Promise<Partial<QueryOutcome>>;
  readonly onLoad?: (request: LoadRequest) => Promise<void>;
  /** Told of every batch that is read. */
  readonly onRead?: (startIndex: number, rowCount: number) => void;
};

export function anEngine({ tables = {}, onQuery, onLoad, onRead }: EngineSetup): Engine {
  const find = ({ projectId, datasetId, tableId }: TableReference): AnyTable => {
    const table = tables[`${projectId}.${datasetId}.${tableId}`];
    if (table === undefined)
      throw new BigQueryError({ reason: 'notFound', message: `Not found: Table ${projectId}:${datasetId}.${tableId}` });
    return table;
  };
  const engine: Partial<Engine> = {
    location: 'US',
    query: async (request) => ({ ...anOutcome(request.sql), ...(await onQuery?.(request)) }),
    dryRun: async ({ sql }) => ({ ...anOutcome(sql), totalBytesProcessedAccuracy: 'PRECISE', undeclaredQueryParameters: [] }),
    async load(request) {
      await onLoad?.(request);
      return { outputRows: '1', outputBytes: '1', inputFiles: '1', inputFileBytes: '1', badRecords: '0', warnings: [] };
    },
    countRows: async (table) => BigInt(find(table).rowCount),
    async *readRows(table, { startIndex = 0, maxResults = Infinity } = {}) {
      const { rowCount, toRow } = find(table);
      const end = Math.min(rowCount, Number(startIndex) + maxResults);
      for (let at = Number(startIndex); at < end; at += 100) {
        const rows = Array.from({ length: Math.min(100, end - at) }, (_, offset) => toRow(at + offset));
        onRead?.(at, rows.length);
        yield rows;
      }
    },
    close: async () => undefined,
    catalog: {
      findDataset: () => undefined,
      getTable: (reference: TableReference) => toResource(reference, find(reference)),
      describeTable: async (reference: TableReference) => toResource(reference, find(reference)),
    } as Partial<Engine['catalog']> as Engine['catalog'],
  };
  return engine as Engine;
}

const toResource = (tableReference: TableReference, { schema }: AnyTable): TableResource => ({
  kind: 'bigquery#table',
  id: 'table',
  etag: 'etag',
  selfLink: '',
  tableReference,
  type: 'TABLE',
  schema,
  creationTime: '0',
  lastModifiedTime: '0',
  location: 'US',
});

const anOutcome = (sql: string): QueryOutcome => ({
  statementType: 'SELECT',
  sql,
  startTime: 0,
  endTime: 1,
  totalBytesProcessed: '0',
  totalBytesBilled: '0',
  referencedTables: [],
  referencedRoutines: [],
  children: [],
  cacheHit: false,
});
