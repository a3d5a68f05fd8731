// The detectors in the order they are shown: one entry and one query each. A query answers one row per finding.
import type { Detector } from '../../../shared/contract/finding.ts';

export type DetectorEntry = Detector & {
  /** Columns: numbers BIGINT[] (exchanges, in order), explanation VARCHAR. Reads the views of the case. */
  readonly sql: string;
};

const failed = `outcome IN ('upstream-error', 'transport-failed', 'aborted')`;

export const detectors: readonly DetectorEntry[] = [
  {
    detector: 'denied-then-allowed',
    title: 'Refused, then allowed',
    description: 'A principal was refused a table and later in the session did the same to it, reading or writing, by another statement.',
    severity: 'high',
    sql: /* sql */ `
      WITH access AS (
        SELECT e.bundle_id, e.number, e.who, e.effect, a.table_name, a.access
        FROM exchange e JOIN table_access a USING (bundle_id, number) WHERE NOT e.dry_run AND e.outcome IN ('answered', 'refused')
      )
      SELECT list_sort(list(DISTINCT d.number) || list(DISTINCT o.number)) AS numbers,
        d.who || ' was refused to ' || d.access || ' ' || d.table_name || ' (' || count(DISTINCT d.number) || ' ×) and did so later.' AS explanation
      FROM access d JOIN access o ON o.bundle_id = d.bundle_id AND o.who = d.who AND o.table_name = d.table_name AND o.access = d.access
        AND o.number > d.number AND d.effect = 'deny' AND o.effect = 'allow'
      GROUP BY d.bundle_id, d.who, d.table_name, d.access`,
  },
  {
    detector: 'repeated-denials',
    title: 'Repeated refusals',
    description: 'A principal was refused five times or more within ten minutes.',
    severity: 'medium',
    sql: /* sql */ `
      WITH denial AS (
        SELECT bundle_id, number, who, count(*) OVER (
          PARTITION BY bundle_id, who ORDER BY started_at RANGE BETWEEN INTERVAL 10 MINUTE PRECEDING AND CURRENT ROW) AS recent
        FROM exchange WHERE effect = 'deny'
      )
      SELECT list(number ORDER BY number) AS numbers,
        who || ' was refused ' || count(*) || ' times, up to ' || max(recent) || ' within ten minutes.' AS explanation
      FROM denial GROUP BY bundle_id, who HAVING max(recent) >= 5`,
  },
  {
    detector: 'bulk-read',
    title: 'Bulk read',
    description: 'One result of 100,000 rows or more.',
    severity: 'medium',
    sql: /* sql */ `
      SELECT list(number ORDER BY number) AS numbers,
        any_value(who) || ' was given a result of ' || max(total_rows) || ' rows from ' ||
          coalesce(nullif(array_to_string(list_sort(list_distinct(flatten(list(source)))), ', '), ''), 'tables that were not recorded') || '.' AS explanation
      FROM (
        -- Pages name no tables; the statement of their job does.
        SELECT *, coalesce(first_value(tables) OVER (PARTITION BY bundle_id, coalesce(job_id, exchange_id) ORDER BY len(tables) DESC), tables) AS source
        FROM exchange
      ) WHERE total_rows >= 100000 AND effect = 'allow' AND NOT dry_run AND has_result
      GROUP BY bundle_id, coalesce(job_id, exchange_id)`,
  },
  {
    detector: 'schema-probing',
    title: 'Schema probing',
    description: 'Many reads of metadata, or of INFORMATION_SCHEMA, by one principal.',
    severity: 'low',
    sql: /* sql */ `
      SELECT list(number ORDER BY number) AS numbers,
        who || ' asked for metadata ' || count(*) || ' times.' AS explanation
      FROM exchange
      WHERE method_id IN ('bigquery.datasets.list', 'bigquery.tables.list', 'bigquery.tables.get', 'bigquery.datasets.get', 'bigquery.routines.list')
        OR number IN (SELECT number FROM statement WHERE contains(sql_lower, 'information_schema'))
      GROUP BY bundle_id, who HAVING count(*) >= 20`,
  },
  {
    detector: 'cost-spike',
    title: 'Cost spike',
    description: 'A statement that processed a hundred times the median of its session, and 10 GB at least.',
    severity: 'low',
    sql: /* sql */ `
      WITH cost AS (
        SELECT bundle_id, number, who, total_bytes_processed AS bytes, median(total_bytes_processed) OVER (PARTITION BY bundle_id) AS usual
        FROM exchange WHERE total_bytes_processed > 0 AND NOT dry_run AND sql_preview IS NOT NULL
      )
      SELECT [number] AS numbers,
        who || ' processed ' || bytes || ' bytes; the median of the session is ' || usual::BIGINT || '.' AS explanation
      FROM cost WHERE bytes >= 10000000000 AND bytes >= 100 * usual`,
  },
  {
    detector: 'write-after-read',
    title: 'Data written elsewhere',
    description: 'A statement that writes to one project what it reads from another.',
    severity: 'medium',
    sql: /* sql */ `
      SELECT [number] AS numbers,
        any_value(e.who) || ' moved data across projects: ' || string_agg(DISTINCT a.table_name, ', ' ORDER BY a.table_name) || '.' AS explanation
      FROM exchange e JOIN table_access a USING (bundle_id, number)
      WHERE e.statement_type IN ('CREATE_TABLE_AS_SELECT', 'INSERT', 'MERGE') AND e.effect = 'allow' AND e.outcome = 'answered'
      GROUP BY bundle_id, number HAVING count(DISTINCT a.project_id) > 1`,
  },
  {
    detector: 'cut-response',
    title: 'Cut responses',
    description: 'Answers that ended before they were whole: what the client saw of them is recorded up to the cut.',
    severity: 'info',
    sql: /* sql */ `
      SELECT list(number ORDER BY number) AS numbers, who || ' got ' || count(*) || ' answers that were cut.' AS explanation
      FROM exchange WHERE framing = 'truncated' AND ${failed} GROUP BY bundle_id, who`,
  },
  {
    detector: 'no-end',
    title: 'Exchanges without an end',
    description: 'The gateway stopped, or the export was made, while these were under way.',
    severity: 'info',
    sql: /* sql */ `
      SELECT list(number ORDER BY number) AS numbers, count(*) || ' exchanges have no recorded end.' AS explanation
      FROM exchange WHERE outcome IN ('unfinished', 'reconciled') GROUP BY bundle_id`,
  },
];
