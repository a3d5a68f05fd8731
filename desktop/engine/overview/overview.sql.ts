// What the overview counts. Each query reads the views of views/case-views.sql.ts.

const failed = `outcome IN ('upstream-error', 'transport-failed', 'aborted')`;

/** One row: sums over the case. `statements` leaves dry runs out; the rows of a job count once, however many pages were fetched. */
export const totals = /* sql */ `
SELECT
  count(*) AS exchanges,
  count(*) FILTER (sql_preview IS NOT NULL AND NOT dry_run) AS statements,
  count(*) FILTER (effect = 'deny') AS denied,
  count(*) FILTER (${failed}) AS failed,
  count(*) FILTER (dry_run) AS dry_runs,
  (SELECT coalesce(sum(result_rows), 0) FROM (
    SELECT max(total_rows) AS result_rows FROM exchange WHERE has_result GROUP BY bundle_id, coalesce(job_id, exchange_id)
  )) AS rows_returned,
  coalesce(sum(total_bytes_processed) FILTER (NOT dry_run AND sql_preview IS NOT NULL), 0) AS bytes_processed,
  coalesce(sum(bytes_to_client), 0) AS bytes_to_client,
  min(started_at) AS first_at,
  max(started_at) AS last_at
FROM exchange`;

/** One row per bundle's session, with its most frequent person and tool. */
export const sessions = /* sql */ `
SELECT s.bundle_id, s.session_id, s.session_name, s.principal_kind, s.issuer, s.subject, s.started_at, s.state, s.close_reason,
  coalesce(any_value(s.ended_at), max(e.started_at)) AS ended_at,
  mode(e.who) AS label,
  mode(e.tool) AS tool,
  count(e.number) AS exchanges,
  count(e.number) FILTER (e.sql_preview IS NOT NULL) AS statements
FROM session s LEFT JOIN exchange e USING (bundle_id)
GROUP BY ALL ORDER BY s.bundle_id`;

export const outcomes = `SELECT outcome, effect, count(*) AS exchanges FROM exchange GROUP BY ALL ORDER BY exchanges DESC, outcome`;

/** Statements by BigQuery's type; what has none (a redacted or unparsable text) is UNKNOWN. */
export const statementTypes = /* sql */ `
SELECT coalesce(statement_type, 'UNKNOWN') AS statement_type,
  count(*) AS exchanges,
  count(*) FILTER (effect = 'deny') AS denied,
  coalesce(sum(total_bytes_processed), 0) AS bytes_processed
FROM exchange WHERE sql_preview IS NOT NULL AND NOT dry_run
GROUP BY 1 ORDER BY exchanges DESC, 1 LIMIT 50`;

export const tools = `SELECT tool, count(*) AS exchanges FROM exchange WHERE tool IS NOT NULL GROUP BY tool ORDER BY exchanges DESC, tool LIMIT 50`;

export const rules = /* sql */ `
SELECT rule, effect, count(*) AS exchanges
FROM (SELECT unnest(rules) AS rule, effect FROM exchange) GROUP BY ALL ORDER BY exchanges DESC, rule LIMIT 100`;

/** One row per table: dry runs apart, in how many exchanges it was read, written (anything that may have written) and refused. */
export const tables = /* sql */ `
SELECT coalesce(concat_ws('.', a.project_id, a.dataset_id), '') AS dataset, a.table_id,
  count(*) FILTER (a.access = 'read' AND e.effect <> 'deny') AS reads,
  count(*) FILTER (a.access <> 'read' AND e.effect <> 'deny') AS writes,
  count(*) FILTER (e.effect = 'deny') AS denied
FROM table_access a JOIN exchange e USING (bundle_id, number)
WHERE NOT e.dry_run
GROUP BY ALL ORDER BY reads + writes DESC, dataset, a.table_id LIMIT 2000`;

export const dearest = /* sql */ `
SELECT exchange_id, number, sql_preview, total_bytes_processed
FROM exchange WHERE total_bytes_processed > 0 AND sql_preview IS NOT NULL AND NOT dry_run
ORDER BY total_bytes_processed DESC, number LIMIT 10`;
