import type { Bundle, BundleExchange } from '../bundle/bundle.ts';

const methods: readonly (string | undefined)[] = ['bigquery.jobs.query', 'bigquery.jobs.insert'];
const maxBytes = 1_048_576;

/** A statement that the gateway could not read (a typo) stands in the request's body only; an investigator wants to see it like any other. */
export async function withUnreadSql(bundle: Bundle, exchange: BundleExchange): Promise<BundleExchange> {
  const { exchangeId, intent, sql, redacted, bodies } = exchange;
  if (sql !== undefined || !methods.includes(intent.methodId) || redacted.includes('sql')) return exchange;
  const body = bodies.find(({ side, stored }) => side === 'request' && stored === 'verbatim');
  if (body === undefined || body.length > maxBytes) return exchange;
  const found = parseSql(await bundle.body(exchangeId, 'request').catch(() => undefined));
  return found === undefined ? exchange : { ...exchange, sql: found };
}

/** Of jobs.query at the top, of jobs.insert in its configuration; anything but plain JSON holds none. */
function parseSql(bytes: Uint8Array | undefined): string | undefined {
  if (bytes === undefined) return undefined;
  try {
    const body = JSON.parse(Buffer.from(bytes).toString('utf8')) as { query?: unknown; configuration?: { query?: { query?: unknown } } };
    const sql = body.query ?? body.configuration?.query?.query;
    return typeof sql === 'string' ? sql : undefined;
  } catch {
    return undefined;
  }
}
