import type { CatalogCore } from '../catalog/catalog-core.ts';
import { isHidden } from '../catalog/catalog-state.ts';
import { fieldsOf } from '../catalog/stored-table.ts';
import type { QueryRequest } from '../engine.ts';
import type { TableReference } from '../resource.ts';
import { type OutcomeFacts, toReferences } from './outcome.ts';
import type { Analyzed } from './statement-context.ts';

type Entry = { readonly result: TableReference; readonly rows: string; readonly counters: ReadonlyMap<string, number> };

const MAX_ENTRIES = 1_000;

/** DuckDB's words for what is another value the next time. A text that only mentions them is not cached either, which is no harm. */
const volatile = /random|uuid|current_|now\(|today\(|getvariable|timestamp\(\)|sample|js_|quickjs/i;

/**
 * Results of queries that would come out the same: same text, same user, same translation (which holds parameters, views and functions), tables unchanged since.
 * https://cloud.google.com/bigquery/docs/cached-results
 */
export class ResultCache {
  readonly #entries = new Map<string, Entry>();

  find(core: CatalogCore, analyzed: Analyzed, request: QueryRequest, text: string): OutcomeFacts | undefined {
    const key = toKey(analyzed, request, text);
    const entry = key === undefined ? undefined : this.#entries.get(key);
    if (key === undefined || !entry) return undefined;
    const table = core.state.table(entry.result);
    if (table && [...entry.counters].every(([id, counter]) => core.history.counterOf(id) === counter)) {
      const { referencedTables, referencedRoutines } = toReferences(analyzed.catalog);
      const schema = { fields: fieldsOf(table) };
      return {
        bytes: 0n,
        cacheHit: true,
        schema,
        destinationTable: entry.result,
        totalRows: entry.rows,
        referencedTables,
        referencedRoutines,
      };
    }
    this.#entries.delete(key);
    return undefined;
  }

  /** To be called before the query runs, so that a change in the meantime is noticed; what it answers takes the result. */
  prepare(core: CatalogCore, analyzed: Analyzed, request: QueryRequest, text: string): (result: TableReference, rows: string) => void {
    const key = toKey(analyzed, request, text);
    if (key === undefined) return () => {};
    const ids = [...analyzed.catalog.stored.values()].flat().map(({ resource }) => resource.id);
    const counters = new Map(ids.map((id) => [id, core.history.counterOf(id)]));
    return (result, rows) => {
      this.#entries.set(key, { result, rows, counters });
      if (this.#entries.size > MAX_ENTRIES) this.#entries.delete(this.#entries.keys().next().value!);
    };
  }
}

/** Undefined for what BigQuery does not cache, or the sandbox cannot know to be unchanged. */
function toKey(
  { resolved, duck, catalog }: Analyzed,
  { useQueryCache, projectId, userEmail, sessionId }: QueryRequest,
  text: string,
): string | undefined {
  if (useQueryCache !== true || sessionId !== undefined || volatile.test(duck.sql)) return undefined;
  if (resolved.referencedTables.some(({ path }) => path.datasetId === 'INFORMATION_SCHEMA' || path.tableId.endsWith('*'))) return undefined;
  const stored = [...catalog.stored.values()].flat();
  if (stored.some(({ resource }) => resource.type === 'EXTERNAL' || isHidden(resource.tableReference))) return undefined;
  if ([...catalog.routines].some(({ language }) => language !== 'SQL')) return undefined;
  return JSON.stringify([projectId, userEmail, text, duck.sql, duck.columns.map(({ name, type }) => [name, type])]);
}
