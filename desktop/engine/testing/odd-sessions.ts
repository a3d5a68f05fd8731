// Sessions whose answers are as answers are when things go wrong.
import { parseSession } from '../../../fixtures/sessions/parse-session.ts';

export const oddSessions = {
  /** Both pages of one job, each asked for twice. */
  fetchedTwice: parseSession(`
    session fetched-twice
    09:00:00 +1ms jobs.query SELECT
      sql   SELECT id FROM t
      job   j
      page  - next p2 of 3
      rows  id INT64
            1
            2
    09:00:01 +1ms jobs.getQueryResults
      job   j
      page  - next p2 of 3
      rows  id INT64
            1
            2
    09:00:02 +1ms jobs.getQueryResults
      job   j
      page  p2 of 3
      rows  id INT64
            3
    09:00:03 +1ms jobs.getQueryResults
      job   j
      page  p2 of 3
      rows  id INT64
            3
  `),
  /** One page of a thousand rows. */
  neverFetched: parseSession(`
    session never-fetched
    09:00:00 +1ms jobs.query SELECT
      sql   SELECT id FROM t
      page  - next p2 of 1000
      rows  id INT64
            1
  `),
  /** A page whose token no recorded answer gave. */
  placeUnknown: parseSession(`
    session place-unknown
    09:00:00 +1ms jobs.query SELECT
      sql   SELECT id FROM t
      job   j
      page  - next p2 of 9
      rows  id INT64
            1
    09:00:01 +1ms jobs.getQueryResults
      job   j
      page  p7 of 9
      rows  id INT64
            9
  `),
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
  inTurns: parseSession(`
    session in-turns
    09:00:00 +1ms jobs.query SELECT
      sql   SELECT id FROM t
      job   one
      page  - next p2 of 5
      rows  id INT64
            1
            2
    09:00:01 +1ms jobs.query SELECT
      sql   SELECT id FROM u
      job   other
      page  - next p2 of 2
      rows  id INT64
            10
    09:00:02 +1ms jobs.getQueryResults
      job   one
      page  p2 next p3 of 5
      rows  id INT64
            3
            4
    09:00:03 +1ms jobs.getQueryResults
      job   other
      page  p2 of 2
      rows  id INT64
            11
    09:00:04 +1ms jobs.getQueryResults
      job   one
      page  p3 of 5
      rows  id INT64
            5
  `),
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
