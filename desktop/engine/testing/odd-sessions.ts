// Sessions whose answers are as answers are when things go wrong.
import { parseSession } from '../../../fixtures/sessions/parse-session.ts';
import type { WrittenSession } from '../../../fixtures/sessions/written-session.ts';

/** Pages of jobs as they were asked for, the first of a job with its query: whose, where it stands, and its rows. */
function inPages(name: string, ...pages: [job: string, place: string, ...ids: number[]][]): WrittenSession {
  const blocks = pages.map(([job, place, ...ids], second) => {
    const isFirst = pages.findIndex((page) => page[0] === job) === second;
    const asked = isFirst ? `jobs.query SELECT\n  sql   SELECT id FROM ${job}` : 'jobs.getQueryResults';
    return `09:00:0${second} +1ms ${asked}\n  job   ${job}\n  page  ${place}\n  rows  id INT64\n        ${ids.join('\n        ')}`;
  });
  return parseSession([`session ${name}`, ...blocks].join('\n'));
}

export const oddSessions = {
  /** Both pages of one job, each asked for twice. */
  fetchedTwice: inPages(
    'fetched-twice',
    ['one', '- next p2 of 3', 1, 2],
    ['one', '- next p2 of 3', 1, 2],
    ['one', 'p2 of 3', 3],
    ['one', 'p2 of 3', 3],
  ),
  /** One page of a thousand rows. */
  neverFetched: inPages('never-fetched', ['one', '- next p2 of 1000', 1]),
  /** A page whose token no recorded answer gave. */
  placeUnknown: inPages('place-unknown', ['one', '- next p2 of 9', 1], ['one', 'p7 of 9', 9]),
  /** A page whose body breaks off. */
  damaged: parseSession(`
    session damaged
    09:00:00 +1ms jobs.query SELECT
      sql   SELECT id FROM t
      job   j
      page  - next p2 of 9
      rows  id INT64
            1
    09:00:01 +1ms jobs.getQueryResults
      job   j
      page  p2 of 9
      body  {"rows": [{"f":
      rows  id INT64
            9
  `),
  /** What the client got is not what BigQuery sent. */
  masked: parseSession(`
    session masked
    09:00:00 +1ms jobs.query SELECT
      sql    SELECT ssn FROM t
      masked
      rows   ssn STRING
             ***-**-1120
  `),
  /** Cells that do not fit their types. */
  misfit: parseSession(`
    session misfit
    09:00:00 +1ms jobs.query SELECT
      sql   SELECT id, tags FROM t
      rows  id INT64 | tags ARRAY<INT64>
            1        | [1,2]
            ****     | ["x"]
  `),
  /** Rows whose columns another answer told. */
  listing: parseSession(`
    session listing
    09:00:00 +1ms tables.get
      get   acme.sales.orders
      body  {"schema":{"fields":[{"name":"id","type":"INTEGER"},{"name":"total","type":"NUMERIC"}]}}
    09:00:01 +1ms tabledata.list
      get   acme.sales.orders
      rows  id INT64 | total NUMERIC
            7        | 1.10
  `),
  /** Two jobs, the pages of one in between those of the other. */
  inTurns: inPages(
    'in-turns',
    ['one', '- next p2 of 5', 1, 2],
    ['other', '- next p2 of 2', 10],
    ['one', 'p2 next p3 of 5', 3, 4],
    ['other', 'p2 of 2', 11],
    ['one', 'p3 of 5', 5],
  ),
  /** Columns without columns, and without a name. */
  oddColumns: parseSession(`
    session odd-columns
    09:00:00 +1ms jobs.query SELECT
      sql   SELECT odd
      body  {"jobComplete":true,"schema":{"fields":[{"name":"a","type":"RECORD","fields":[]},{"type":"STRING"}]},"rows":[{"f":[]}]}
      rows  id INT64
            5
    09:00:01 +1ms jobs.query SELECT
      sql   SELECT 1
      rows  id INT64
            1
  `),
} as const;
