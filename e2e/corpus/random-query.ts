import { type Column, RandomExpression } from './random-expression.ts';

type Relation = { readonly sql: string; readonly columns: readonly Column[] };

const PEOPLE: readonly Column[] = [
  { name: 'id', type: 'INT64' },
  { name: 'name', type: 'STRING' },
  { name: 'email', type: 'STRING' },
  { name: 'secret', type: 'STRING' },
  { name: 'age', type: 'INT64' },
  { name: 'boss', type: 'INT64' },
  { name: 'address', type: 'ADDRESS' },
  { name: 'phones', type: 'PHONES' },
  { name: 'tags', type: 'TAGS' },
];
const TABLES: Readonly<Record<string, readonly Column[]>> = {
  people: PEOPLE,
  archive: [
    { name: 'id', type: 'INT64' },
    { name: 'name', type: 'STRING' },
    { name: 'secret', type: 'STRING' },
  ],
  secrets: [
    { name: 'k', type: 'STRING' },
    { name: 'secret', type: 'STRING' },
  ],
  contact: [
    { name: 'id', type: 'INT64' },
    { name: 'contact', type: 'STRING' },
  ],
};

const FIELDS: readonly Column[] = [
  { name: 's.f', type: 'STRING' },
  { name: 's.g', type: 'INT64' },
];

/** Queries over the probes' tables, each from the numbers of `random` alone. */
export class RandomQuery extends RandomExpression {
  #aliases = 0;

  /** A query whose output columns are named, and of types that can be compared as text. */
  query(depth = 3): Relation {
    return this.pick<() => Relation>([
      () => this.#select(depth),
      () => this.#select(depth),
      () => this.#grouped(depth),
      () => this.#windowed(depth),
      ...(depth > 1 ? [() => this.#set(depth), () => this.#with(depth), () => this.#piped(depth), () => this.#pivoted(depth)] : []),
    ])();
  }

  #alias(): string {
    return `t${++this.#aliases}`;
  }

  /** A table expression; its columns are reached through its alias. */
  #from(depth: number): Relation {
    const left = this.#source(depth);
    const choice = this.random(8);
    if (choice < 3 || depth < 1) return left;
    if (choice === 3) return this.#unnested(left);
    const right = this.#source(depth - 1);
    const columns = [...left.columns, ...right.columns];
    const on = this.bool(columns, 1);
    return { sql: `${left.sql} ${this.pick(['JOIN', 'LEFT JOIN', 'RIGHT JOIN', 'FULL JOIN'])} ${right.sql} ON ${on}`, columns };
  }

  #unnested(left: Relation): Relation {
    const alias = this.#alias();
    const tags = left.columns.find(({ type }) => type === 'TAGS');
    const phones = left.columns.find(({ type }) => type === 'PHONES');
    if (phones && this.random(2) === 0) {
      const columns = ['kind', 'number'].map((name): Column => ({ name, type: 'STRING', from: alias }));
      return { sql: `${left.sql}, UNNEST(${this.reference(phones)}) AS ${alias}`, columns: [...left.columns, ...columns] };
    }
    const array = tags ? this.reference(tags) : `[${this.string(left.columns, 1)}, ${this.string(left.columns, 1)}]`;
    const offset = this.#alias();
    const columns: Column[] = [
      { name: alias, type: 'STRING' },
      { name: offset, type: 'INT64' },
    ];
    return { sql: `${left.sql}, UNNEST(${array}) AS ${alias} WITH OFFSET AS ${offset}`, columns: [...left.columns, ...columns] };
  }

  #source(depth: number): Relation {
    const alias = this.#alias();
    const under = (sql: string, columns: readonly Column[]): Relation => ({
      sql: `${sql} AS ${alias}`,
      columns: columns.map(({ name, type }) => ({ name, type, from: alias })),
    });
    if (depth < 2 || this.random(3) > 0) {
      const [name = '', columns = []] = this.pick(Object.entries(TABLES));
      return under(name, columns);
    }
    const inner = this.query(depth - 2);
    return this.random(2) === 0 ? under(`(${inner.sql})`, inner.columns) : under(`(${this.#nested(inner)})`, FIELDS);
  }

  /** Values within a struct or an array, whose fields are read from outside. */
  #nested({ sql, columns }: Relation): string {
    const alias = this.#alias();
    const inside = columns.map((column) => ({ ...column, from: alias }));
    const row = `STRUCT(${this.string(inside, 1)} AS f, ${this.int(inside, 1)} AS g)`;
    if (this.random(2) === 0) return `SELECT ${row} AS s FROM (${sql}) AS ${alias}`;
    return `SELECT s FROM (SELECT [${row}, ${row}] AS a FROM (${sql}) AS ${alias}) AS ${this.#alias()}, UNNEST(a) AS s`;
  }

  #item(columns: readonly Column[], index: number, depth: number): { sql: string; column: Column } {
    const type = this.pick(['STRING', 'INT64'] as const);
    const sql = type === 'STRING' ? this.string(columns, depth) : this.int(columns, depth);
    return { sql: `${sql} AS c${index}`, column: { name: `c${index}`, type } };
  }

  #list(columns: readonly Column[], depth: number, count = 1 + this.random(3)) {
    const items = Array.from({ length: count }, (_, index) => this.#item(columns, index, depth));
    return { sql: items.map(({ sql }) => sql).join(', '), columns: items.map(({ column }) => column) };
  }

  #select(depth: number): Relation {
    const from = this.#from(depth);
    const list = this.#list(from.columns, depth);
    const distinct = this.random(6) === 0 ? 'DISTINCT ' : '';
    const where = this.random(2) === 0 ? ` WHERE ${this.bool(from.columns, depth)}` : '';
    const limit = this.random(5) === 0 ? ` ORDER BY ${list.columns.map(({ name }) => name).join(', ')} LIMIT ${1 + this.random(5)}` : '';
    const order =
      !limit && !distinct && this.random(8) === 0 ? ` ORDER BY 0 + ${this.int(from.columns, 1)}, TO_JSON_STRING(c0) LIMIT 4` : '';
    return { sql: `SELECT ${distinct}${list.sql} FROM ${from.sql}${where}${limit}${order}`, columns: list.columns };
  }

  #grouped(depth: number): Relation {
    const from = this.#from(depth);
    const key = this.#item(from.columns, 0, 1);
    const aggregates = Array.from({ length: 1 + this.random(2) }, (_, index) => this.aggregate(from.columns, depth - 1, index + 1));
    const where = this.random(3) === 0 ? ` WHERE ${this.bool(from.columns, 1)}` : '';
    const having = this.random(4) === 0 ? ` HAVING ${this.pick(['MAX', 'MIN'])}(${this.int(from.columns, 0)}) > ${this.random(5)}` : '';
    const group = this.random(5) === 0 ? 'ROLLUP(c0)' : 'c0';
    const sql = `SELECT ${[key.sql, ...aggregates.map((each) => each.sql)].join(', ')} FROM ${from.sql}${where} GROUP BY ${group}${having}`;
    return { sql, columns: [key.column, ...aggregates.map(({ column }) => column)] };
  }

  #windowed(depth: number): Relation {
    const from = this.#from(depth);
    const list = this.#list(from.columns, 1, 1);
    const partition = this.random(2) === 0 ? `PARTITION BY ${this.string(from.columns, 1)} ` : '';
    const over = `OVER (${partition}ORDER BY ${this.int(from.columns, 1)}, ${this.string(from.columns, 0)})`;
    const call = this.pick(['RANK()', 'DENSE_RANK()', `COUNT(${this.string(from.columns, 0)})`, `SUM(${this.int(from.columns, 1)})`]);
    const qualify = this.random(3) === 0 ? ` WHERE TRUE QUALIFY w < ${1 + this.random(4)}` : '';
    return {
      sql: `SELECT ${list.sql}, ${call} ${over} AS w FROM ${from.sql}${qualify}`,
      columns: [...list.columns, { name: 'w', type: 'INT64' }],
    };
  }

  #set(depth: number): Relation {
    const width = 1 + this.random(2);
    const types = Array.from({ length: width }, () => this.pick(['STRING', 'INT64'] as const));
    const side = (): string => {
      const from = this.#from(depth - 1);
      const items = types.map(
        (type, index) => `${type === 'STRING' ? this.string(from.columns, 1) : this.int(from.columns, 1)} AS c${index}`,
      );
      return `SELECT ${items.join(', ')} FROM ${from.sql}${this.random(3) === 0 ? ` WHERE ${this.bool(from.columns, 1)}` : ''}`;
    };
    const operator = this.pick(['UNION ALL', 'UNION DISTINCT', 'INTERSECT DISTINCT', 'EXCEPT DISTINCT', 'UNION ALL BY NAME']);
    return { sql: `${side()} ${operator} ${side()}`, columns: types.map((type, index) => ({ name: `c${index}`, type })) };
  }

  #with(depth: number): Relation {
    const name = this.#alias();
    const inner = this.query(depth - 1);
    const [a, b] = [this.#alias(), this.#alias()];
    const side = (alias: string) => inner.columns.map((column) => ({ ...column, from: alias }));
    const columns = [...side(a), ...side(b)];
    const list = this.#list(columns, 1);
    const sql = `WITH ${name} AS (${inner.sql}) SELECT ${list.sql} FROM ${name} AS ${a} JOIN ${name} AS ${b} ON ${this.bool(columns, 0)}`;
    return { sql, columns: list.columns };
  }

  #piped(depth: number): Relation {
    const inner = this.query(depth - 1);
    let columns = inner.columns;
    const steps = Array.from({ length: 1 + this.random(3) }, (_, index) => {
      const choice = this.random(4);
      if (choice === 0) return `|> WHERE ${this.bool(columns, 1)}`;
      if (choice === 1) return '|> DISTINCT';
      if (choice === 2 && columns.some(({ name }) => name === 'c0')) {
        const set = columns[0]?.type === 'INT64' ? this.int(columns, 1) : this.string(columns, 1);
        return `|> SET ${columns[0]?.name} = ${set}`;
      }
      const added = this.string(columns, 1);
      columns = [...columns, { name: `e${index}`, type: 'STRING' }];
      return `|> EXTEND ${added} AS e${index}`;
    });
    return { sql: `SELECT * FROM (${inner.sql}) ${steps.join(' ')}`, columns };
  }

  #pivoted(depth: number): Relation {
    const from = this.#from(depth - 1);
    const input = `(SELECT ${this.string(from.columns, 1)} AS p, ${this.int(from.columns, 1)} AS v, ${this.string(from.columns, 0)} AS g FROM ${from.sql})`;
    const columns: Column[] = [
      { name: 'g', type: 'STRING' },
      { name: 'a', type: 'INT64' },
      { name: 'x', type: 'INT64' },
    ];
    if (this.random(2) === 0) return { sql: `SELECT * FROM ${input} PIVOT(SUM(v) FOR p IN ("a" AS a, "x" AS x))`, columns };
    const unpivoted: Column[] = ['v', 'value', 'origin'].map((name) => ({ name, type: name === 'v' ? 'INT64' : 'STRING' }));
    return { sql: `SELECT v, value, origin FROM ${input} UNPIVOT(value FOR origin IN (p, g))`, columns: unpivoted };
  }
}
