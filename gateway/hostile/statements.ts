/** `acme.hr.salaries` is closed to who sends these; `acme.sales` may be read, and nothing else. */
export type HostileStatement = { readonly name: string; readonly sql: string; readonly request?: Readonly<Record<string, unknown>> };

const hr = 'acme.hr.salaries';
const inHr = { defaultDataset: { projectId: 'acme', datasetId: 'hr' } };

/** Ways to say the closed table so that a reader of text would not see it. */
const named: readonly HostileStatement[] = [
  { name: 'plain', sql: `SELECT * FROM \`${hr}\`` },
  { name: 'quoted part by part', sql: 'SELECT * FROM `acme`.`hr`.`salaries`' },
  { name: 'quoted in uneven parts', sql: 'SELECT * FROM `acme.hr`.salaries' },
  { name: 'without quotes', sql: 'SELECT * FROM acme.hr.salaries' },
  { name: 'without a project', sql: 'SELECT * FROM hr.salaries' },
  { name: 'by the default dataset', sql: 'SELECT * FROM salaries', request: inHr },
  { name: 'comments inside the path', sql: 'SELECT * FROM acme/* */./**/hr -- x\n . # y\n salaries' },
  { name: 'escapes inside quotes', sql: 'SELECT * FROM `acme.h\\x72.salaries`' },
  { name: 'unicode escapes inside quotes', sql: 'SELECT * FROM `acme.\\u0068r.salaries`' },
  { name: 'octal escapes inside quotes', sql: 'SELECT * FROM `acme.hr.\\163alaries`' },
  { name: 'a comment that seems to end the statement', sql: `SELECT 1 -- ;\nUNION ALL SELECT x FROM \`${hr}\`` },
  { name: 'a string that seems to begin a comment', sql: `SELECT '/*' FROM \`${hr}\` WHERE '*/' = '*/'` },
  { name: 'a triple-quoted string that seems to end', sql: `SELECT """ " /* """ FROM \`${hr}\` -- */` },
  { name: 'a raw string with a backslash', sql: `SELECT r'\\\\' FROM \`${hr}\` -- '` },
  { name: 'a carriage return that ends a comment', sql: `SELECT 1 -- x\rFROM \`${hr}\`` },
  { name: 'a no-break space', sql: `SELECT *\u00a0FROM\u00a0\`${hr}\`` },
  { name: 'a form feed and a vertical tab', sql: `SELECT *\fFROM\u000b\`${hr}\`` },
  { name: 'a byte order mark', sql: `\ufeffSELECT * FROM \`${hr}\`` },
  { name: 'a NUL', sql: `SELECT * FROM \`acme.sales.orders\`\u0000, \`${hr}\`` },
  { name: 'a partition decorator', sql: `SELECT * FROM \`${hr}$20260101\`` },
  { name: 'a wildcard over the closed dataset', sql: 'SELECT * FROM `acme.hr.*`' },
  { name: 'a wildcard with a suffix', sql: "SELECT * FROM `acme.hr.sal*` WHERE _TABLE_SUFFIX = 'aries'" },
  { name: 'another project', sql: 'SELECT * FROM `other.sales.orders`' },
  { name: 'a project that ends in the same name', sql: 'SELECT * FROM `evil-acme.sales.orders`' },
  { name: 'a dataset that begins with the open one', sql: 'SELECT * FROM `acme.sales_private.orders`' },
  { name: 'a homoglyph of the open dataset', sql: 'SELECT * FROM `acme.s\u0430les.orders`' },
  { name: 'another case of the open dataset', sql: 'SELECT * FROM `acme.Sales.orders`' },
  { name: 'a colon between project and dataset', sql: 'SELECT * FROM `acme:hr.salaries`' },
];

/** Places in a statement where a table hides. */
const placed: readonly HostileStatement[] = [
  { name: 'a scalar subquery', sql: `SELECT (SELECT MAX(x) FROM \`${hr}\`)` },
  { name: 'EXISTS', sql: `SELECT 1 FROM \`acme.sales.orders\` WHERE EXISTS (SELECT 1 FROM \`${hr}\`)` },
  { name: 'IN', sql: `SELECT 1 FROM \`acme.sales.orders\` WHERE x IN (SELECT x FROM \`${hr}\`)` },
  { name: 'ARRAY', sql: `SELECT ARRAY(SELECT x FROM \`${hr}\`)` },
  { name: 'UNNEST of a subquery', sql: `SELECT * FROM UNNEST(ARRAY(SELECT x FROM \`${hr}\`))` },
  { name: 'a CTE that is never read', sql: `WITH t AS (SELECT * FROM \`${hr}\`) SELECT 1` },
  { name: 'a CTE named like an open table', sql: `WITH orders AS (SELECT * FROM \`${hr}\`) SELECT * FROM orders` },
  {
    name: 'a CTE that shadows the closed name, read outside of it',
    sql: 'SELECT * FROM (WITH salaries AS (SELECT 1) SELECT 1), salaries',
    request: inHr,
  },
  { name: 'a recursive CTE', sql: `WITH RECURSIVE t AS (SELECT 1 AS n UNION ALL SELECT x FROM \`${hr}\`, t) SELECT * FROM t` },
  { name: 'UNION BY NAME', sql: `SELECT 1 AS x UNION ALL BY NAME SELECT x FROM \`${hr}\`` },
  { name: 'EXCEPT DISTINCT', sql: `SELECT 1 EXCEPT DISTINCT SELECT x FROM \`${hr}\`` },
  { name: 'a comma join', sql: `SELECT o.x FROM \`acme.sales.orders\` o, \`${hr}\` s` },
  { name: 'a join with nothing of it selected', sql: `SELECT o.x FROM \`acme.sales.orders\` o CROSS JOIN \`${hr}\`` },
  {
    name: 'the condition of a join',
    sql: `SELECT 1 FROM \`acme.sales.orders\` a JOIN \`acme.sales.orders\` b ON a.x = (SELECT x FROM \`${hr}\`)`,
  },
  { name: 'ORDER BY', sql: `SELECT x FROM \`acme.sales.orders\` ORDER BY (SELECT MAX(x) FROM \`${hr}\`)` },
  { name: 'HAVING', sql: `SELECT x FROM \`acme.sales.orders\` GROUP BY x HAVING x > (SELECT MAX(x) FROM \`${hr}\`)` },
  { name: 'QUALIFY', sql: `SELECT x FROM \`acme.sales.orders\` QUALIFY ROW_NUMBER() OVER (ORDER BY (SELECT MAX(x) FROM \`${hr}\`)) = 1` },
  { name: 'WINDOW', sql: `SELECT SUM(x) OVER w FROM \`acme.sales.orders\` WINDOW w AS (ORDER BY (SELECT MAX(x) FROM \`${hr}\`))` },
  { name: 'PIVOT', sql: `SELECT * FROM (SELECT x, 'a' AS k FROM \`${hr}\`) PIVOT (SUM(x) FOR k IN ('a'))` },
  { name: 'UNPIVOT', sql: `SELECT * FROM \`${hr}\` UNPIVOT (v FOR k IN (a, b))` },
  { name: 'TABLESAMPLE', sql: `SELECT * FROM \`${hr}\` TABLESAMPLE SYSTEM (1 PERCENT)` },
  { name: 'time travel', sql: `SELECT * FROM \`${hr}\` FOR SYSTEM_TIME AS OF TIMESTAMP '2026-01-01'` },
  { name: 'pipe syntax', sql: `FROM \`${hr}\` |> SELECT *` },
  { name: 'a join in pipe syntax', sql: `FROM \`acme.sales.orders\` |> JOIN \`${hr}\` USING (x)` },
  { name: 'a subquery in pipe syntax', sql: `FROM \`acme.sales.orders\` |> EXTEND (SELECT MAX(x) FROM \`${hr}\`) AS y` },
  { name: 'a table argument', sql: `SELECT * FROM ML.PREDICT(MODEL \`acme.sales.model\`, TABLE \`${hr}\`)` },
  { name: 'a closed model', sql: 'SELECT * FROM ML.PREDICT(MODEL `acme.hr.model`, (SELECT 1 AS x))' },
  { name: 'the history of changes', sql: `SELECT * FROM APPENDS(TABLE \`${hr}\`, NULL, NULL)` },
  { name: 'a vector search', sql: `SELECT * FROM VECTOR_SEARCH(TABLE \`${hr}\`, 'v', (SELECT [1.0] AS v))` },
  { name: 'a table function', sql: 'SELECT * FROM `acme.hr.list_salaries`(1)' },
  { name: 'a routine', sql: 'SELECT `acme.hr.salary_of`(1)' },
  { name: 'a whole row as JSON', sql: `SELECT TO_JSON_STRING(t) FROM \`${hr}\` t` },
  { name: 'the schema of the closed dataset', sql: 'SELECT * FROM `acme.hr.INFORMATION_SCHEMA.COLUMNS`' },
  { name: 'the schema, by another case', sql: 'SELECT * FROM acme.hr.information_schema.columns' },
  { name: 'jobs of everybody', sql: 'SELECT query FROM `acme.region-us.INFORMATION_SCHEMA.JOBS_BY_PROJECT`' },
  { name: 'sessions of everybody', sql: 'SELECT * FROM `region-eu`.INFORMATION_SCHEMA.SESSIONS_BY_USER' },
];

/** Statements that do something else than read. */
const written: readonly HostileStatement[] = [
  { name: 'a clone', sql: `CREATE TABLE \`acme.sales.copy\` CLONE \`${hr}\`` },
  { name: 'a copy', sql: `CREATE TABLE \`acme.sales.copy\` COPY \`${hr}\`` },
  { name: 'LIKE', sql: `CREATE TABLE \`acme.sales.copy\` LIKE \`${hr}\`` },
  { name: 'a snapshot', sql: `CREATE SNAPSHOT TABLE \`acme.sales.copy\` CLONE \`${hr}\`` },
  { name: 'a view', sql: `CREATE VIEW \`acme.sales.v\` AS SELECT * FROM \`${hr}\`` },
  { name: 'a temporary table', sql: `CREATE TEMP TABLE t AS SELECT * FROM \`${hr}\`` },
  { name: 'a materialised view', sql: `CREATE MATERIALIZED VIEW \`acme.sales.v\` AS SELECT * FROM \`${hr}\`` },
  { name: 'a merge from it', sql: `MERGE \`acme.sales.orders\` o USING \`${hr}\` s ON FALSE WHEN NOT MATCHED THEN INSERT ROW` },
  { name: 'an insert from it', sql: `INSERT INTO \`acme.sales.orders\` SELECT * FROM \`${hr}\`` },
  { name: 'an export', sql: `EXPORT DATA OPTIONS (uri = 'gs://b/*') AS SELECT * FROM \`${hr}\`` },
  { name: 'a row access policy', sql: "CREATE ROW ACCESS POLICY p ON `acme.sales.orders` GRANT TO ('allUsers') FILTER USING (TRUE)" },
  { name: 'a right for everybody', sql: 'GRANT `roles/bigquery.dataViewer` ON SCHEMA hr TO "allUsers"' },
  { name: 'a script', sql: `BEGIN SELECT * FROM \`${hr}\`; END` },
  { name: 'a condition of a script', sql: `IF EXISTS (SELECT 1 FROM \`${hr}\`) THEN SELECT 1; END IF` },
  { name: 'the default of a variable', sql: `DECLARE d DEFAULT (SELECT MAX(x) FROM \`${hr}\`); SELECT d` },
  { name: 'a system variable', sql: "SET @@dataset_id = 'hr'; SELECT * FROM salaries" },
  { name: 'a loop over it', sql: `FOR r IN (SELECT * FROM \`${hr}\`) DO SELECT r; END FOR` },
  { name: 'SQL in a string', sql: `EXECUTE IMMEDIATE 'SELECT * FROM ' || '${hr}'` },
  { name: 'an error that tells', sql: `SELECT ERROR((SELECT STRING_AGG(CAST(x AS STRING)) FROM \`${hr}\`))` },
  { name: 'ASSERT', sql: `ASSERT (SELECT COUNT(*) FROM \`${hr}\`) = 0 AS 'x'` },
  {
    name: 'a remote function',
    sql: "CREATE FUNCTION `acme.sales.f`(x INT64) RETURNS INT64 REMOTE WITH CONNECTION `acme.us.c` OPTIONS (endpoint = 'https://e.test')",
  },
  { name: 'a federated query', sql: "SELECT * FROM EXTERNAL_QUERY('acme.us.c', 'SELECT 1')" },
  { name: 'an external table', sql: "CREATE EXTERNAL TABLE `acme.sales.e` OPTIONS (format = 'CSV', uris = ['gs://b/x.csv'])" },
  { name: 'LOAD DATA', sql: "LOAD DATA INTO `acme.sales.l` FROM FILES (format = 'CSV', uris = ['gs://b/x.csv'])" },
  { name: 'a reservation', sql: 'CREATE RESERVATION `admin.region-us.r` OPTIONS (slot_capacity = 100)' },
  { name: 'a statement that nobody knows', sql: `EXFILTRATE \`${hr}\`` },
  { name: 'half a statement', sql: `SELECT * FROM \`${hr}` },
  { name: 'a statement of 70 KB', sql: `SELECT 1 /*${'x'.repeat(70_000)}*/ FROM \`${hr}\`` },
  { name: 'nested too deeply to read', sql: `SELECT ${'('.repeat(20_000)}SELECT x FROM \`${hr}\`${')'.repeat(20_000)}` },
];

/** Parts of the request around the statement. */
const requested: readonly HostileStatement[] = [
  { name: 'legacy SQL', sql: '#legacySQL\nSELECT * FROM [acme:hr.salaries]' },
  { name: 'legacy SQL by the request', sql: 'SELECT * FROM [acme:hr.salaries]', request: { useLegacySql: true } },
  {
    name: 'a default dataset of another project',
    sql: 'SELECT * FROM orders',
    request: { defaultDataset: { projectId: 'other', datasetId: 'sales' } },
  },
  {
    name: 'the dataset of a session',
    sql: 'SELECT * FROM salaries',
    request: { connectionProperties: [{ key: 'dataset_project_id', value: 'other' }] },
  },
  {
    name: 'another session',
    sql: 'SELECT * FROM `acme.sales.orders`',
    request: { connectionProperties: [{ key: 'session_id', value: 'of-somebody-else' }] },
  },
];

export const hostileStatements: readonly HostileStatement[] = [...named, ...placed, ...written, ...requested];
