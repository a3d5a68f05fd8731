const PAGE_ROWS = 50_000;

export type Paged = {
  readonly rows: number;
  readonly ms: number;
  readonly firstMs: number;
  readonly lastMs: number;
  readonly nearEndMs: number;
  /** Of the server's memory, from the tenth part of the pages to the last. */
  readonly growthMb: number;
};

/** A result of `rows` rows, read as a client does: page after page by token, then a few rows near its end and at its beginning. */
export async function pageThrough(url: string, project: string, rows: number, memory: () => number = () => Number.NaN): Promise<Paged> {
  const base = `${url}/bigquery/v2/projects/${project}`;
  const get = async (path: string): Promise<Page> => (await (await fetch(`${base}${path}`)).json()) as Page;
  const job = await runQuery(base, `SELECT n, CONCAT('row ', CAST(n AS STRING)) AS name FROM UNNEST(GENERATE_ARRAY(1, ${rows})) AS n`);
  const start = performance.now();
  let [seen, token]: [number, string | undefined] = [0, undefined];
  const times: number[] = [];
  let startMb = Number.NaN;
  do {
    const at = performance.now();
    const page: Page = await get(
      `/queries/${job.jobId}?maxResults=${PAGE_ROWS}${token === undefined ? '' : `&pageToken=${encodeURIComponent(token)}`}`,
    );
    if (page.rows?.[0]?.f[0]?.v !== String(seen + 1)) throw new Error(`Row ${seen + 1} is ${JSON.stringify(page).slice(0, 200)}`);
    seen += page.rows.length;
    token = page.pageToken;
    times.push(performance.now() - at);
    if (seen <= Math.max(PAGE_ROWS, rows / 10)) startMb = memory();
  } while (token !== undefined);
  const ms = performance.now() - start;
  const growthMb = memory() - startMb;
  if (seen !== rows) throw new Error(`${seen} rows of ${rows}`);
  const { projectId, datasetId, tableId } = job.table;
  const list = `${url}/bigquery/v2/projects/${projectId}/datasets/${datasetId}/tables/${tableId}/data?maxResults=10&startIndex=`;
  return {
    rows,
    ms,
    firstMs: times[1] ?? times[0]!,
    lastMs: times.at(-2) ?? times[0]!,
    nearEndMs: await timeToRow(list, rows - 1000),
    growthMb,
  };
}

type Page = { readonly rows?: readonly { readonly f: readonly { readonly v: string }[] }[]; readonly pageToken?: string };
type Job = { readonly jobId: string; readonly table: { readonly projectId: string; readonly datasetId: string; readonly tableId: string } };

async function runQuery(base: string, query: string): Promise<Job> {
  const headers = { 'content-type': 'application/json' };
  const begun = await fetch(`${base}/queries`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ query, useLegacySql: false, maxResults: 0, timeoutMs: 200_000 }),
  });
  const { jobReference, jobComplete } = (await begun.json()) as { jobReference: { jobId: string }; jobComplete: boolean };
  if (!jobComplete) throw new Error('The result took too long');
  const job = (await (await fetch(`${base}/jobs/${jobReference.jobId}`)).json()) as {
    configuration: { query: { destinationTable: Job['table'] } };
  };
  return { jobId: jobReference.jobId, table: job.configuration.query.destinationTable };
}

async function timeToRow(list: string, index: number): Promise<number> {
  const start = performance.now();
  const page = (await (await fetch(`${list}${index}`)).json()) as Page;
  if (page.rows?.[0]?.f[0]?.v !== String(index + 1)) throw new Error(`Row ${index} is ${JSON.stringify(page).slice(0, 200)}`);
  return performance.now() - start;
}
