/** Part of the name of cached table files: a change of the tables below makes older files be rebuilt. */
export const TABLES_VERSION = 1;

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
  started_at TIMESTAMP,
  ended_at TIMESTAMP,          -- last leaf of the session
  state VARCHAR,               -- open | closed | recovered
  close_reason VARCHAR,        -- why the recorder closed it
  writer VARCHAR,              -- which gateway recorded it
  manifest_sha256 VARCHAR,     -- of the bundle it came in
  exported_by VARCHAR,         -- as the bundle says
  exported_at VARCHAR
);

CREATE TABLE exchange (
  number BIGINT,               -- place in the session, from 1
  exchange_id VARCHAR,         -- uuid
  seq BIGINT,                  -- leaf of the intent in the session's tree
  leaf_hash VARCHAR,           -- RFC 6962 hash of that leaf, hex: what to cite
  at TIMESTAMP,                -- when the intent was recorded
  duration_ms DOUBLE,          -- intent to end on the gateway's own clock
  who VARCHAR,                 -- e-mail, else name, else subject
  principal_kind VARCHAR,      -- agent | person
  issuer VARCHAR,
  subject VARCHAR,
  email VARCHAR,
  person_name VARCHAR,
  groups VARCHAR[],
  act_chain VARCHAR[],         -- on whose behalf, outermost first (RFC 8693)
  tool VARCHAR,                -- user agent
  client_address VARCHAR,
  door VARCHAR,                -- listener of the gateway
  http_method VARCHAR,
  http_version VARCHAR,
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
  bytes_from_upstream BIGINT,
  bytes_to_client BIGINT,
  statement_type VARCHAR,      -- BigQuery's word, from the text or the job
  sql_preview VARCHAR,         -- the first 300 characters
  dry_run BOOLEAN,
  tables VARCHAR[],            -- project.dataset.table, from text and job
  job_project_id VARCHAR,
  job_id VARCHAR,
  job_location VARCHAR,
  total_bytes_processed BIGINT,
  total_rows BIGINT,           -- rows BigQuery says the result has
  cache_hit BOOLEAN,
  error_reason VARCHAR,        -- BigQuery's word (accessDenied, invalidQuery …)
  has_result BOOLEAN           -- its answer may hold rows
);

CREATE TABLE statement (
  number BIGINT,               -- of the exchange
  sql VARCHAR,                 -- as sent
  sql_lower VARCHAR,           -- for searching
  fingerprint VARCHAR,         -- equal for statements that differ in literals, white space and comments only
  statement_type VARCHAR,
  dry_run BOOLEAN,
  parameters JSON              -- BigQuery's queryParameters
);

CREATE TABLE job (
  number BIGINT,               -- of the exchange that saw these statistics
  project_id VARCHAR,
  job_id VARCHAR,
  location VARCHAR,
  statement_type VARCHAR,
  total_bytes_processed BIGINT,
  total_bytes_billed BIGINT,
  total_rows BIGINT,
  num_dml_affected_rows BIGINT,
  cache_hit BOOLEAN,
  error_reason VARCHAR,
  error_message VARCHAR
);

CREATE TABLE decision (
  number BIGINT,               -- of the exchange
  effect VARCHAR,              -- allow | deny | ask | error
  rules VARCHAR[],
  reason VARCHAR,              -- told to the client
  policy_digest VARCHAR,       -- of the policy set that decided
  approval_id VARCHAR,
  approval_state VARCHAR
);

CREATE TABLE head (
  number BIGINT,               -- of the exchange
  request_headers JSON,        -- [[name, value], …], credentials never recorded
  response_headers JSON,       -- NULL when nothing was answered
  upstream_method VARCHAR,     -- the request to BigQuery, where it differs
  upstream_url VARCHAR,
  upstream_headers JSON
);

CREATE TABLE body (
  number BIGINT,               -- of the exchange
  side VARCHAR,                -- request | upstream-request | response | upstream-response
  bytes BIGINT,
  chunks INTEGER,              -- each with its own salted digest
  stored VARCHAR               -- verbatim | digest | withheld
);

CREATE TABLE referenced_table (
  number BIGINT,               -- of the exchange
  project_id VARCHAR,
  dataset_id VARCHAR,
  table_id VARCHAR,
  access VARCHAR,              -- read | write | unknown
  source VARCHAR               -- statement (its text) | job (BigQuery's statistics)
);

CREATE TABLE record (
  number BIGINT,               -- of the exchange
  intent JSON,                 -- the leaf
  "end" JSON,                  -- the end or reconcile leaf
  end_leaf_hash VARCHAR,
  redacted VARCHAR[]           -- what the leaf promises and the bundle no longer holds
);
`;

export const tableNames = ['session', 'exchange', 'statement', 'job', 'decision', 'head', 'body', 'referenced_table', 'record'] as const;
export type TableName = (typeof tableNames)[number];
