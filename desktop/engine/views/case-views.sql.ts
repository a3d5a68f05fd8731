// The relations an investigator and the engine read: every table of every bundle, with `bundle_id` and a `number` that counts through the case.

import { quoteText } from '../../../shared/derived/quote.ts';
import { bundleTables, tableNames } from '../../../shared/derived/tables.sql.ts';

export type AttachedBundle = {
  readonly bundleId: number;
  readonly sessionId: string;
  /** Name of the attached database. */
  readonly catalog: string;
  /** Added to the numbers of its exchanges. */
  readonly numberOffset: number;
};

/** One view per table, over all attached bundles; with none, views without rows. */
export function toCaseViews(bundles: readonly AttachedBundle[], emptyCatalog: string): string {
  return [...tableNames.map((table) => toUnionView(table, bundles, emptyCatalog)), derivedViews].join('\n');
}

function toUnionView(table: string, bundles: readonly AttachedBundle[], emptyCatalog: string): string {
  const numbered = !bundleTables.includes(table);
  const selectFrom = ({ bundleId, sessionId, catalog, numberOffset }: AttachedBundle): string => {
    const session = table === 'exchange' ? `${quoteText(sessionId)} AS session_id, ` : '';
    const columns = numbered ? `* REPLACE (number + ${numberOffset} AS number)` : '*';
    return `SELECT ${bundleId}::INTEGER AS bundle_id, ${session}${columns} FROM ${catalog}.${table}`;
  };
  const selects =
    bundles.length === 0
      ? [`${selectFrom({ bundleId: 0, sessionId: '', catalog: emptyCatalog, numberOffset: 0 })} LIMIT 0`]
      : bundles.map(selectFrom);
  return `CREATE OR REPLACE VIEW ${table} AS ${selects.join(' UNION ALL ')};`;
}

export const derivedViews = /* sql */ `
-- One row per recorded header of the client's request and of the answer it got.
CREATE OR REPLACE VIEW header AS
  SELECT bundle_id, number,
    side,                                   -- request | response
    pair[1] AS name,                        -- as sent
    pair[2] AS value
  FROM (
    SELECT bundle_id, number, 'request' AS side, unnest(from_json(request_headers, '[["VARCHAR"]]')) AS pair FROM head
    UNION ALL
    SELECT bundle_id, number, 'response' AS side, unnest(from_json(response_headers, '[["VARCHAR"]]')) AS pair FROM head
  );

-- One row per statement with what became of it: what most questions start from.
CREATE OR REPLACE VIEW statement_outcome AS
  SELECT
    e.bundle_id, e.number, e.exchange_id, e.started_at,
    e.who,                                  -- e-mail, else name, else subject
    e.tool,
    s.sql, s.fingerprint, e.statement_type, e.dry_run,
    e.effect,                               -- what policy said
    e.outcome,                              -- how the exchange ended
    e.status, e.error_reason, e.tables, e.total_bytes_processed, e.total_rows, e.duration_ms
  FROM exchange e JOIN statement s USING (bundle_id, number);

-- One row per exchange and table it names, whichever of text and job named it first.
CREATE OR REPLACE VIEW table_access AS
  SELECT bundle_id, number, project_id, dataset_id, table_id,
    -- read | write | unknown: a table that is both read and written counts as written
    CASE WHEN bool_or(access = 'write') THEN 'write' WHEN bool_or(access = 'read') THEN 'read' ELSE 'unknown' END AS access,
    concat_ws('.', project_id, dataset_id, table_id) AS table_name
  FROM referenced_table
  GROUP BY bundle_id, number, project_id, dataset_id, table_id;
`;
