import type { CatalogRoutine, RoutineParameter, TablePath } from '../../shared/googlesql/analyze/catalog.ts';
import { createSchemaCatalog, type SchemaRoutine, type SchemaTable } from '../../shared/googlesql/lineage/schema-catalog.ts';
import { STRING } from '../../shared/googlesql/types/sql-type.ts';
import type { TableFieldSchema } from '../../shared/googlesql/types/table-field-schema.ts';

export const defaults = { projectId: 'p', datasetId: 'd' };
const pathOf = (tableId: string): TablePath => ({ ...defaults, tableId });

/** `id INTEGER`, `tags STRING[]`, `address RECORD{street STRING, city STRING}`, `phones RECORD{kind STRING}[]`. */
function aField(text: string): TableFieldSchema {
  const [, name = '', type = '', inner, repeated] = /^(\w+) (\w+)(?:\{(.*)\})?(\[\])?$/.exec(text.trim()) ?? [];
  const fields = inner === undefined ? {} : { fields: splitFields(inner).map(aField) };
  return { name, type, ...fields, ...(repeated && { mode: 'REPEATED' as const }) };
}

/** Splits at commas outside of braces. */
function splitFields(text: string): string[] {
  let depth = 0;
  const parts = [''];
  for (const character of text) {
    if (character === '{') depth++;
    if (character === '}') depth--;
    if (character === ',' && depth === 0) parts.push('');
    else parts[parts.length - 1] += character;
  }
  return parts;
}

const aTable = (tableId: string, columns: string, viewSql?: string): SchemaTable => ({
  path: pathOf(tableId),
  fields: splitFields(columns).map(aField),
  ...(viewSql !== undefined && { viewSql }),
});

const PEOPLE =
  'id INTEGER, name STRING, email STRING, secret STRING, age INTEGER, boss INTEGER, born DATE, ' +
  'address RECORD{street STRING, city STRING, geo RECORD{lat FLOAT, lng FLOAT}}, phones RECORD{kind STRING, number STRING}[], tags STRING[], doc JSON';

/** What the probes are about. */
export const tables: readonly SchemaTable[] = [
  aTable('people', PEOPLE),
  aTable('orders', 'id INTEGER, person INTEGER, amount NUMERIC, item STRING, at TIMESTAMP'),
  aTable('secrets', 'k STRING, secret STRING'),
  aTable('archive', 'id INTEGER, name STRING, secret STRING'),
  aTable('sales', 'shop STRING, q1 INTEGER, q2 INTEGER, q3 INTEGER'),
  aTable('events_*', 'user STRING, secret STRING, n INTEGER'),
  aTable('contact', 'id INTEGER, contact STRING', 'SELECT id, email FROM people WHERE age > 17'),
  aTable('spender', 'contact STRING, amount NUMERIC', 'SELECT v.contact, o.amount FROM contact AS v JOIN orders AS o ON o.person = v.id'),
  aTable('hashed', 'id INTEGER, digest STRING', 'SELECT id, TO_HEX(SHA256(email)) FROM people'),
];

type RoutineShape = { readonly body: string; readonly parameters: readonly (RoutineParameter & { readonly isTable?: boolean })[] };
const aFunction = (name: string, { body, parameters }: RoutineShape): SchemaRoutine => ({
  path: pathOf(name),
  routine: { kind: 'sql', name, parameters, body, defaults },
});
const aTableFunction = (name: string, { body, parameters }: RoutineShape): SchemaRoutine => ({
  path: pathOf(name),
  routine: { kind: 'table', name, parameters, query: body, defaults },
});
const anyOf = (...names: string[]): RoutineParameter[] => names.map((name) => ({ name }));

const opaque: CatalogRoutine = {
  kind: 'javascript',
  name: 'opaque',
  parameters: [
    { name: 's', type: STRING },
    { name: 't', type: STRING },
  ],
  returns: STRING,
  toSql: () => '',
};

export const routines: readonly SchemaRoutine[] = [
  aFunction('initial', { parameters: anyOf('s'), body: "CONCAT(SUBSTR(s, 1, 1), '***')" }),
  aFunction('pick', { parameters: anyOf('c', 'a', 'b'), body: 'IF(c, a, b)' }),
  aFunction('secret_of', { parameters: anyOf('key'), body: '(SELECT MAX(secret) FROM secrets WHERE k = key)' }),
  aFunction('constant', { parameters: anyOf('s'), body: '42' }),
  aFunction('twice', { parameters: anyOf('s'), body: 'initial(initial(s))' }),
  aTableFunction('people_of', {
    parameters: [{ name: 'town', type: STRING }],
    body: 'SELECT id, email FROM people WHERE address.city = town',
  }),
  aTableFunction('renamed', { parameters: [{ name: 'given', isTable: true }], body: 'SELECT secret AS s FROM given' }),
  { path: pathOf('opaque'), routine: opaque },
];

export const catalog = createSchemaCatalog(tables, routines);
