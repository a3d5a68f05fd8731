import { type Probe, probe } from './lineage-probe.ts';

/** Columns are those of the table that is written. */
export const writeProbes: readonly Probe[] = [
  probe(
    'INSERT of a query',
    'INSERT INTO archive (id, name) SELECT id, UPPER(secret) FROM people WHERE age > 1',
    'people.age',
    'id: people.id',
    'name: people.secret',
  ),
  probe('INSERT without columns', 'INSERT INTO secrets SELECT name, email FROM people', '', 'k: people.name', 'secret: people.email'),
  probe(
    'INSERT of values',
    'INSERT INTO archive (id, secret) VALUES (1, (SELECT MAX(secret) FROM secrets)), (2, "x")',
    '',
    'id:',
    'secret: secrets.secret',
  ),
  probe('UPDATE', 'UPDATE archive SET name = secret WHERE id = 1', 'archive.id', 'name: archive.secret'),
  probe(
    'UPDATE with FROM',
    'UPDATE archive AS a SET secret = p.email FROM people AS p WHERE p.id = a.id',
    'people.id, archive.id',
    'secret: people.email',
  ),
  probe(
    'UPDATE with a subquery',
    'UPDATE archive SET name = (SELECT MAX(secret) FROM secrets WHERE k = name) WHERE TRUE',
    '',
    'name: secrets.secret ~ secrets.k, archive.name',
  ),
  probe(
    'UPDATE of a field keeps the others',
    'UPDATE people SET address.city = secret WHERE TRUE',
    '',
    'address: people.address.street, people.address.geo, people.secret',
  ),
  probe(
    'UPDATE of two columns',
    'UPDATE archive SET name = UPPER(name), secret = name WHERE secret = "x"',
    'archive.secret',
    'name: archive.name',
    'secret: archive.name',
  ),
  probe('DELETE', 'DELETE FROM archive WHERE secret IN (SELECT secret FROM secrets)', 'archive.secret, secrets.secret'),
  probe('TRUNCATE', 'TRUNCATE TABLE archive', ''),
  probe(
    'MERGE that inserts',
    'MERGE archive a USING people p ON a.id = p.id WHEN NOT MATCHED THEN INSERT (id, secret) VALUES (p.id, p.secret)',
    'archive.id, people.id',
    'id: people.id',
    'secret: people.secret',
  ),
  probe(
    'MERGE that updates',
    'MERGE archive a USING people p ON a.id = p.id WHEN MATCHED AND p.age > 3 THEN UPDATE SET name = p.email',
    'archive.id, people.id, people.age',
    'name: people.email',
  ),
  probe(
    'MERGE of both',
    'MERGE archive a USING people p ON a.id = p.id WHEN MATCHED THEN UPDATE SET name = p.email WHEN NOT MATCHED THEN INSERT (name) VALUES (p.secret)',
    'archive.id, people.id',
    'name: people.email, people.secret',
  ),
  probe(
    'MERGE that deletes',
    'MERGE archive a USING people p ON a.id = p.id WHEN NOT MATCHED BY SOURCE AND a.secret = "x" THEN DELETE',
    'archive.id, people.id, archive.secret',
  ),
  probe(
    'MERGE of a query, INSERT ROW',
    'MERGE secrets s USING (SELECT name AS k, secret FROM people WHERE age > 1) AS n ON FALSE WHEN NOT MATCHED THEN INSERT ROW',
    'people.age',
    'k: people.name',
    'secret: people.secret',
  ),
  probe(
    'CREATE TABLE AS',
    'CREATE TABLE d.copied AS SELECT name, secret AS s FROM people WHERE age > 1',
    'people.age',
    'name: people.name',
    's: people.secret',
  ),
  probe(
    'CREATE OR REPLACE TABLE AS with partitions',
    'CREATE OR REPLACE TABLE d.copied PARTITION BY born AS SELECT born, ARRAY(SELECT secret FROM secrets) AS a FROM people',
    '',
    'born: people.born',
    'a: secrets.secret',
  ),
  probe('CREATE VIEW', 'CREATE VIEW d.seen AS SELECT email AS e FROM people WHERE age > 1', 'people.age', 'e: people.email'),
  probe('INSERT from a view', 'INSERT INTO archive (name) SELECT contact FROM contact', 'people.age', 'name: people.email'),
];

/** What has no lineage as a whole, or none at all: a policy refuses. */
export const refusedProbes: readonly { readonly name: string; readonly sql: string; readonly why: RegExp }[] = [
  { name: 'a table that is not known', sql: 'SELECT x FROM unknown_table', why: /unknown_table/ },
  { name: 'a column that is not there', sql: 'SELECT nothing FROM people', why: /Unrecognized name: nothing/ },
  { name: 'a function that is not known', sql: 'SELECT d.nowhere(secret) FROM people', why: /Function not found/ },
  { name: 'a wildcard that is not known', sql: 'SELECT 1 FROM `other_*`', why: /other_\*/ },
  { name: 'INFORMATION_SCHEMA', sql: 'SELECT * FROM d.INFORMATION_SCHEMA.TABLES', why: /INFORMATION_SCHEMA/ },
  { name: 'a table function that is not known', sql: 'SELECT * FROM d.nowhere(1)', why: /nowhere/ },
  { name: 'EXTERNAL_QUERY', sql: 'SELECT * FROM EXTERNAL_QUERY("c", "SELECT 1")', why: /EXTERNAL_QUERY/ },
  { name: 'EXPORT DATA', sql: 'EXPORT DATA OPTIONS (uri = "gs://x/*", format = "CSV") AS SELECT secret FROM people', why: /EXPORT_DATA/ },
  {
    name: 'a window frame by a secret',
    sql: 'SELECT COUNT(*) OVER (ORDER BY id ROWS (SELECT LENGTH(secret) FROM secrets LIMIT 1) PRECEDING) AS n FROM people',
    why: /must be a literal or parameter/,
  },
  { name: 'several statements', sql: 'SELECT 1; SELECT 2', why: /several statements/ },
  { name: 'EXECUTE IMMEDIATE', sql: 'EXECUTE IMMEDIATE "SELECT secret FROM people"', why: /lineage/ },
  { name: 'CALL', sql: 'CALL d.procedure()', why: /lineage/ },
  { name: 'no SQL', sql: 'SELEC', why: /Syntax error/ },
];
