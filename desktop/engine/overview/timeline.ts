import type { CallInput } from '../../../shared/contract/calls.ts';
import { EngineError } from '../../../shared/contract/failure.ts';
import type { Timeline } from '../../../shared/contract/finding.ts';
import type { SqlRow } from '../database/case-database.ts';
import { filterToSql } from '../filter/filter-to-sql.ts';
import { parseFilter } from '../filter/parse-filter.ts';
import type { ReviewCase } from '../review-case.ts';

const laneExpressions: Readonly<Record<CallInput<'timeline:lanes'>['by'], string>> = {
  principal: 'who',
  table: `unnest(if(len(tables) = 0, ['(no table)'], tables))`,
  outcome: `if(effect = 'deny', 'denied', outcome)`,
  statementType: `coalesce(statement_type, if(sql_preview IS NULL, method_id, 'UNKNOWN'), '(other)')`,
};

/** Counts per lane and bucket, summed in DuckDB: what is drawn grows with the screen, not with the case. */
export async function getTimeline(review: ReviewCase, request: CallInput<'timeline:lanes'>): Promise<Timeline> {
  const { where, values } = filterToSql(parseFilter(request.filter));
  const [range] = await review.database.all(
    `SELECT epoch_ms(min(started_at)) AS first_ms, epoch_ms(max(started_at)) AS last_ms FROM exchange WHERE ${where}`,
    values,
  );
  const from = toEpoch(request.from, 'from') ?? toNumber(range?.['first_ms']);
  const to = toEpoch(request.to, 'to') ?? toNumber(range?.['last_ms']);
  const { buckets, maxLanes } = request;
  if (from === undefined || to === undefined) return { bucketMs: 1, buckets, lanes: [], foldedLanes: 0 };
  // The last instant belongs to the last bucket.
  const bucketMs = Math.max(1, Math.ceil((to - from + 1) / buckets));
  const rows = await review.database.all(toLaneQuery(where, laneExpressions[request.by], { from, to, bucketMs, maxLanes }), values);
  const lanes = toLanes(rows);
  return {
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    bucketMs,
    buckets,
    lanes,
    foldedLanes: Number(rows[0]?.['folded'] ?? 0),
  };
}

type LaneOptions = { readonly from: number; readonly to: number; readonly bucketMs: number; readonly maxLanes: number };

const toLaneQuery = (where: string, lane: string, { from, to, bucketMs, maxLanes }: LaneOptions): string => /* sql */ `
WITH mark AS (
  SELECT ${lane} AS lane, (epoch_ms(started_at) - ${from}) // ${bucketMs} AS bucket, effect, outcome, total_bytes_processed
  FROM exchange WHERE (${where}) AND epoch_ms(started_at) BETWEEN ${from} AND ${to}
), ranked AS (
  SELECT lane, row_number() OVER (ORDER BY count(*) DESC, lane) AS place, count(*) OVER () AS lanes FROM mark GROUP BY lane
)
SELECT
  if(place > ${maxLanes}, '(others)', mark.lane) AS lane,
  bucket,
  count(*) AS exchanges,
  count(*) FILTER (effect = 'deny') AS denied,
  count(*) FILTER (outcome IN ('upstream-error', 'transport-failed', 'aborted')) AS failed,
  coalesce(sum(total_bytes_processed), 0) AS bytes_processed,
  any_value(greatest(lanes - ${maxLanes}, 0)) AS folded,
  least(min(place), ${maxLanes + 1}) AS place
FROM mark JOIN ranked ON mark.lane = ranked.lane
GROUP BY 1, 2 ORDER BY place, bucket`;

function toLanes(rows: readonly SqlRow[]): Timeline['lanes'] {
  const lanes = new Map<string, Timeline['lanes'][number]>();
  for (const row of rows) {
    const key = String(row['lane']);
    const lane = lanes.get(key) ?? { key, total: 0, buckets: [] };
    const exchanges = Number(row['exchanges']);
    lane.buckets.push({
      bucket: Number(row['bucket']),
      exchanges,
      denied: Number(row['denied']),
      failed: Number(row['failed']),
      bytesProcessed: String(row['bytes_processed']),
    });
    lanes.set(key, { ...lane, total: lane.total + exchanges });
  }
  return [...lanes.values()];
}

function toEpoch(instant: string | undefined, name: string): number | undefined {
  if (instant === undefined) return undefined;
  const epoch = Date.parse(instant);
  if (Number.isNaN(epoch)) throw new EngineError({ code: 'TIMELINE_TIME', message: `"${name}" is not a time: ${instant}` });
  return epoch;
}

const toNumber = (value: unknown): number | undefined => (value === null || value === undefined ? undefined : Number(value));
