/**
 * The tables of one bundle. `number` counts the exchanges of the session from 1; the views over all bundles shift it (views/case-views.sql.ts).
 * Times are UTC. What was taken out by redaction is NULL.
 */
export const createTables = /* sql */ `
CREATE TABLE session (
  session_id VARCHAR,          -- uuid
  session_name VARCHAR,        -- as the client or the gateway named it
  principal_kind VARCHAR,      -- agent | person
  issuer VARCHAR,              -- of the token
  subject VARCHAR,             -- of the token
  started_at TIMESTAMP,        -- first seen by the gateway
  ended_at TIMESTAMP,          -- last leaf of the session
  state VARCHAR,               -- open | closed | recovered
  close_reason VARCHAR,        -- why the recorder closed it
  writer VARCHAR,              -- which gateway recorded it
  manifest_sha256 VARCHAR,     -- of the bundle it came in
  exported_by VARCHAR,         -- as the bundle says
  exported_at VARCHAR          -- when, by the exporter's clock
);

CREATE TABLE exchange (
  number BIGINT,               -- place in the session, from 1
  exchange_id VARCHAR,         -- uuid
  seq BIGINT,                  -- leaf of the intent in the session's tree
  leaf_hash VARCHAR,           -- RFC 6962 hash of that leaf, hex: what to cite
  end_seq BIGINT,              -- leaf of its end or reconcile; NULL while it was under way
  started_at TIMESTAMP,        -- when the intent was recorded
  duration_ms DOUBLE,          -- intent to end on the gateway's own clock
  who VARCHAR,                 -- e-mail, else name, else subject
  principal_kind VARCHAR,      -- agent | person
  issuer VARCHAR,              -- of the token
  subject VARCHAR,             -- of the token
  email VARCHAR,               -- as the token says
  person_name VARCHAR,         -- as the token says
  groups VARCHAR[],            -- as the token says
  act_chain VARCHAR[],         -- who acts for the subject (RFC 8693 act): the actor first, then whoever acted before it
  tool VARCHAR,                -- user agent
  client_address VARCHAR,      -- as the gateway saw it
  door VARCHAR,                -- listener of the gateway; 'gateway': asked by the gateway itself
  http_method VARCHAR,         -- GET, POST …
  http_version VARCHAR,        -- 1.1, 2
  target VARCHAR,              -- path and query, secrets redacted
  method_id VARCHAR,           -- bigquery.jobs.query …; NULL outside the REST surface
  project_id VARCHAR,          -- that the request named
  connection VARCHAR,          -- of the gateway, by which credential
  effect VARCHAR,              -- allow | deny | ask | error: what policy said
  rules VARCHAR[],             -- that decided
  outcome VARCHAR,             -- answered | refused | upstream-error | transport-failed | aborted | reconciled | unfinished
  status INTEGER,              -- HTTP status the client got
  framing VARCHAR,             -- complete | close-delimited | truncated
  end_reason VARCHAR,          -- why it ended so
  bytes_from_upstream BIGINT,  -- of the answer
  bytes_to_client BIGINT,      -- of the answer, as delivered
  statement_type VARCHAR,      -- BigQuery's word, from the text or the job
  sql_preview VARCHAR,         -- the first 300 characters
  dry_run BOOLEAN,             -- estimated only, not run; the gateway's own estimates too
  tables VARCHAR[],            -- project.dataset.table, from text and job
  job_project_id VARCHAR,      -- of the job it began or asked about
  job_id VARCHAR,              -- of that job
  job_location VARCHAR,        -- of that job
  total_bytes_processed BIGINT, -- BigQuery's statistics
  total_rows BIGINT,           -- rows BigQuery says the result has
  cache_hit BOOLEAN,           -- answered from BigQuery's cache
  error_reason VARCHAR,        -- BigQuery's word (accessDenied, invalidQuery …)
  has_result BOOLEAN,          -- its answer may hold rows
  redacted VARCHAR[]           -- what the leaves promise and the bundle no longer holds
);

CREATE TABLE statement (
  number BIGINT,               -- of the exchange
  sql VARCHAR,                 -- as sent
  sql_lower VARCHAR,           -- for searching
  fingerprint VARCHAR,         -- equal for statements that differ in literals, white space and comments only
  statement_type VARCHAR,      -- BigQuery's word
  dry_run BOOLEAN,             -- estimated only, not run
  parameters JSON              -- BigQuery's queryParameters
);

CREATE TABLE job (
  number BIGINT,               -- of the exchange that saw these statistics
  project_id VARCHAR,          -- of the job
  job_id VARCHAR,              -- as the client or the gateway named it
  location VARCHAR,            -- region
  statement_type VARCHAR,      -- BigQuery's word
  total_bytes_processed BIGINT, -- bytes read
  total_bytes_billed BIGINT,   -- bytes charged
  total_rows BIGINT,           -- rows of the result
  num_dml_affected_rows BIGINT, -- rows that DML changed
  cache_hit BOOLEAN,           -- answered from BigQuery's cache
  error_reason VARCHAR,        -- BigQuery's word
  error_message VARCHAR        -- BigQuery's text
);

CREATE TABLE decision (
  number BIGINT,               -- of the exchange
  effect VARCHAR,              -- allow | deny | ask | error
  rules VARCHAR[],             -- that decided
  reason VARCHAR,              -- told to the client
  policy_digest VARCHAR,       -- of the policy set that decided
  approval_id VARCHAR,         -- where a human was asked
  approval_state VARCHAR       -- requested | approved | rejected | expired | withdrawn
);

CREATE TABLE head (
  number BIGINT,               -- of the exchange
  request_headers JSON,        -- [[name, value], …], credentials never recorded
  response_headers JSON,       -- NULL when nothing was answered
  upstream_method VARCHAR,     -- the request to BigQuery, where it differs
  upstream_url VARCHAR,        -- of BigQuery
  upstream_headers JSON        -- [[name, value], …]
);

CREATE TABLE body (
  number BIGINT,               -- of the exchange
  side VARCHAR,                -- request | upstream-request | response | upstream-response | cells
  bytes BIGINT,                -- as recorded
  chunks INTEGER,              -- each with its own salted digest
  stored VARCHAR               -- verbatim | digest | sealed | withheld
);

CREATE TABLE referenced_table (
  number BIGINT,               -- of the exchange
  project_id VARCHAR,          -- NULL where the text names none
  dataset_id VARCHAR,          -- NULL where the text names none
  table_id VARCHAR,            -- as written, wildcards too
  access VARCHAR,              -- read | write | unknown
  source VARCHAR               -- statement (its text) | job (BigQuery's statistics)
);

CREATE TABLE integrity_check (
  name VARCHAR,                -- what was checked
  subject VARCHAR,             -- the file, record or key
  status VARCHAR,              -- passed | failed | missing | skipped
  detail VARCHAR               -- what was found
);
`;

export const tableNames = [
  'session',
  'exchange',
  'statement',
  'job',
  'decision',
  'head',
  'body',
  'referenced_table',
  'integrity_check',
] as const;
/** Tables that speak of the bundle as a whole. */
export const bundleTables: readonly string[] = ['session', 'integrity_check'];
export type TableName = (typeof tableNames)[number];
