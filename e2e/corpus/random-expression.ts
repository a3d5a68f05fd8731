/** `from`: the alias it is reached by; without one its name stands alone. */
export type Column = {
  readonly name: string;
  readonly type: 'INT64' | 'STRING' | 'ADDRESS' | 'PHONES' | 'TAGS';
  readonly from?: string;
};

/** Expressions over columns in sight, of a given type and depth. They never fail, so that a query runs whatever the data. */
export class RandomExpression {
  protected readonly random: (below: number) => number;

  constructor(random: (below: number) => number) {
    this.random = random;
  }

  protected pick<Item>(items: readonly Item[]): Item {
    return items[this.random(items.length)] as Item;
  }

  protected reference({ name, from }: Column): string {
    return from === undefined ? name : `${from}.${name}`;
  }

  #columnOf(columns: readonly Column[], type: Column['type']): string | undefined {
    const fitting = columns.filter((column) => column.type === type);
    return fitting.length > 0 ? this.reference(this.pick(fitting)) : undefined;
  }

  string(columns: readonly Column[], depth: number): string {
    const leaf = (): string => this.#columnOf(columns, 'STRING') ?? `"${this.pick(['a', 'b', 'x'])}"`;
    if (depth <= 0 || this.random(3) === 0) return leaf();
    const inner = (): string => this.string(columns, depth - 1);
    const condition = (): string => this.bool(columns, depth - 1);
    const [address, phones, tags] = (['ADDRESS', 'PHONES', 'TAGS'] as const).map((type) => this.#columnOf(columns, type));
    return this.pick<() => string>([
      () => `CONCAT(${inner()}, ${inner()})`,
      () => `UPPER(${inner()})`,
      () => `SUBSTR(${inner()}, 1, ${1 + this.random(2)})`,
      () => `IF(${condition()}, ${inner()}, ${inner()})`,
      () => `CASE WHEN ${condition()} THEN ${inner()} WHEN ${condition()} THEN "b" END`,
      () => `COALESCE(${inner()}, ${inner()})`,
      () => `NULLIF(${inner()}, ${inner()})`,
      () => `CAST(${this.int(columns, depth - 1)} AS STRING)`,
      () => `STRUCT(${inner()} AS f, ${inner()} AS g).${this.pick(['f', 'g'])}`,
      () => `[${inner()}, ${inner()}][SAFE_OFFSET(${this.int(columns, 0)})]`,
      () => `TO_JSON_STRING(STRUCT(${inner()} AS f, ${inner()} AS g))`,
      () => `initial(${inner()})`,
      () => `pick(${condition()}, ${inner()}, ${inner()})`,
      () => `secret_of(${inner()})`,
      () => `WITH(a AS ${inner()}, CONCAT(a, a))`,
      () => `(SELECT MAX(s.secret) FROM secrets AS s WHERE s.k = ${inner()})`,
      () => `ARRAY_TO_STRING(ARRAY(SELECT s.name FROM archive AS s WHERE s.id = ${this.int(columns, 0)} ORDER BY s.secret, s.name), ",")`,
      ...(address ? [() => `${address}.${this.pick(['city', 'street'])}`, () => `FORMAT("%t", ${address}.geo)`] : []),
      ...(phones ? [() => `${phones}[SAFE_OFFSET(${this.random(2)})].${this.pick(['kind', 'number'])}`] : []),
      ...(phones ? [() => `(SELECT MAX(f.kind) FROM UNNEST(${phones}) AS f WHERE f.number > ${inner()})`] : []),
      ...(tags ? [() => `ARRAY_TO_STRING(${tags}, ",")`, () => `${tags}[SAFE_OFFSET(${this.int(columns, 0)})]`] : []),
    ])();
  }

  int(columns: readonly Column[], depth: number): string {
    const leaf = (): string => this.#columnOf(columns, 'INT64') ?? String(this.random(5));
    if (depth <= 0 || this.random(3) === 0) return leaf();
    const inner = (): string => this.int(columns, depth - 1);
    const phones = this.#columnOf(columns, 'PHONES');
    return this.pick<() => string>([
      () => `(${inner()} + ${this.random(4)})`,
      () => `MOD(${inner()}, 3)`,
      () => `LENGTH(${this.string(columns, depth - 1)})`,
      () => `IF(${this.bool(columns, depth - 1)}, ${inner()}, ${inner()})`,
      () => `IFNULL(${inner()}, ${this.random(5)})`,
      () => `GREATEST(${inner()}, ${inner()})`,
      () => `(SELECT COUNT(*) FROM archive AS s WHERE s.name = ${this.string(columns, depth - 1)})`,
      ...(phones ? [() => `ARRAY_LENGTH(${phones})`] : []),
    ])();
  }

  bool(columns: readonly Column[], depth: number): string {
    const simple = (): string =>
      this.pick([
        () => `${this.int(columns, 0)} ${this.pick(['=', '<', '>=', '!='])} ${this.int(columns, 0)}`,
        () => `${this.string(columns, 0)} ${this.pick(['=', '<', '>=', '!='])} ${this.string(columns, 0)}`,
        () => `${this.string(columns, 0)} IN ("a", "x")`,
        () => `${this.int(columns, 0)} > ${this.random(5)}`,
      ])();
    if (depth <= 0 || this.random(3) === 0) return simple();
    const inner = (): string => this.bool(columns, depth - 1);
    const tags = this.#columnOf(columns, 'TAGS');
    return this.pick<() => string>([
      () => `(${inner()} AND ${inner()})`,
      () => `(${inner()} OR ${inner()})`,
      () => `NOT ${inner()}`,
      () => `${this.string(columns, depth - 1)} IS NULL`,
      () => `${this.string(columns, depth - 1)} LIKE "%a%"`,
      () => `${this.string(columns, depth - 1)} IN (SELECT s.secret FROM secrets AS s WHERE s.k > ${this.string(columns, 0)})`,
      () => `EXISTS(SELECT 1 FROM archive AS s WHERE s.secret = ${this.string(columns, depth - 1)})`,
      ...(tags ? [() => `${this.string(columns, 0)} IN UNNEST(${tags})`] : []),
    ])();
  }

  aggregate(columns: readonly Column[], depth: number, index: number): { sql: string; column: Column } {
    const [string, int] = [this.string(columns, depth), this.int(columns, depth)];
    const [sql, type] = this.pick<readonly [string, Column['type']]>([
      [`MAX(${string})`, 'STRING'],
      [`STRING_AGG(${string}, "," ORDER BY ${this.int(columns, 1)}, ${string})`, 'STRING'],
      [`MAX_BY(${string}, CONCAT(${this.string(columns, 0)}, ${string}))`, 'STRING'],
      [`COUNT(DISTINCT ${string})`, 'INT64'],
      [`COUNTIF(${this.bool(columns, depth)})`, 'INT64'],
      [`SUM(${int})`, 'INT64'],
      ['COUNT(*)', 'INT64'],
      [`ARRAY_LENGTH(ARRAY_AGG(${string} IGNORE NULLS))`, 'INT64'],
    ]);
    return { sql: `${sql} AS c${index}`, column: { name: `c${index}`, type } };
  }
}
