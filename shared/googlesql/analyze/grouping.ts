import type { Expression, Node } from '../syntax/ast.ts';
import type { GroupBy, GroupingItem } from '../syntax/ast-query.ts';
import type { Analysis } from './analysis.ts';
import { analyzeExpression } from './analyze-expression.ts';
import type { SelectedItem } from './analyze-select-list.ts';
import { columnReference } from './build-expression.ts';
import { deferFailures } from './defer-failures.ts';
import type { AggregateSink } from './expression-context.ts';
import { resolveHavingExtremes } from './having-extreme.ts';
import { columnsRead, mapTree, walkTree } from './map-tree.ts';
import type { Column, ComputedColumn, Relation, ResolvedExpression } from './resolved-tree.ts';
import { lower, type Scope } from './scope.ts';
import { refuses } from './type-traits.ts';

/** Not integers: those are places in the select list. */
const LITERALS = new Set([
  'StringLiteral',
  'BytesLiteral',
  'FloatLiteral',
  'BooleanLiteral',
  'NullLiteral',
  'NumericLiteral',
  'DateOrTimeLiteral',
]);

/** The grouping of one SELECT: collects its aggregates and GROUP BY keys, and rewrites what is evaluated after it. */
export class Grouping {
  readonly sink: AggregateSink;
  readonly #analysis: Analysis;
  readonly #scope: Scope;
  readonly #aggregates: ComputedColumn[] = [];
  readonly #keys: ComputedColumn[] = [];
  readonly #byKey = new Map<string, Column>();
  /** What the keys look like from outside: only such an expression can be one. */
  readonly #looks = new Set<string>();
  /** Aggregates by their structure, and the ids of their columns. */
  readonly #aggregateByKey = new Map<string, Column>();
  readonly #aggregateIds = new Set<number>();
  #before: Set<number> | undefined;
  /** Expressions of the select list that GROUP BY names by alias or place. */
  readonly #selectedKeys = new Set<ResolvedExpression>();
  #deferred: readonly ComputedColumn[] | undefined;
  #sets: number[][] | undefined;
  #isDemanded = false;

  constructor(analysis: Analysis, scope: Scope) {
    this.#analysis = analysis;
    this.#scope = scope;
    this.sink = {
      scope,
      add: (call) => this.#addAggregate(call),
      isAggregate: (id) => this.#aggregateIds.has(id),
      demand: () => this.demand(),
    };
  }

  #addAggregate(expression: ResolvedExpression): ResolvedExpression {
    const key = this.#analysis.keyOf(expression);
    const known = this.#aggregateByKey.get(key);
    if (known) return columnReference(known);
    const column = this.#analysis.column('aggregate', expression.type);
    this.#aggregateByKey.set(key, column);
    this.#aggregateIds.add(column.id);
    this.#aggregates.push({ column, expression });
    return columnReference(column);
  }

  /** Groups all rows into one where there is neither a key nor an aggregate. */
  demand(): void {
    this.#isDemanded = true;
  }

  get isActive(): boolean {
    return this.#isDemanded || this.#aggregates.length > 0;
  }

  groupBy(node: GroupBy, items: readonly SelectedItem[]): void {
    this.demand();
    if (node.isAll) {
      for (const item of items) if (this.#isKeyOfAll(item.expression)) this.#addKey(item.expression, item.node);
      return;
    }
    const setsOfItems = node.items.map((item) => this.#setsOf(item, items));
    const isPlain = node.items.every((item) => item.kind === 'GroupingExpression');
    if (!isPlain) {
      this.#sets = crossProduct(setsOfItems);
    }
  }

  #isKeyOfAll(expression: ResolvedExpression): boolean {
    if (expression.kind === 'literal') return false;
    const aggregates = this.#aggregateIds;
    let isKey = true;
    walkTree(expression, (e) => {
      if (e.kind === 'window' || e.kind === 'grouping' || (e.kind === 'column' && aggregates.has(e.column.id))) isKey = false;
    });
    return isKey;
  }

  #setsOf(item: GroupingItem, items: readonly SelectedItem[]): number[][] {
    const keysOf = (expressions: readonly Expression[]): number[] => expressions.map((e) => this.#keyOf(e, items));
    switch (item.kind) {
      case 'GroupingExpression':
        return [[this.#keyOf(item.expression, items)]];
      case 'GroupingExpressions':
        return [keysOf(item.expressions)];
      case 'Rollup': {
        const elements = item.elements.map((e) => keysOf(e.expressions));
        return Array.from({ length: elements.length + 1 }, (_, i) => elements.slice(0, elements.length - i).flat());
      }
      case 'Cube': {
        const elements = item.elements.map((e) => keysOf(e.expressions));
        return Array.from({ length: 2 ** elements.length }, (_, mask) =>
          elements.filter((_e, i) => !(mask & (2 ** (elements.length - 1 - i)))).flat(),
        );
      }
      case 'GroupingSets':
        return item.sets.flatMap((set) => this.#setsOf(set, items));
    }
  }

  #keyOf(node: Expression, items: readonly SelectedItem[]): number {
    if (node.kind === 'IntLiteral') {
      const item = items[Number(node.image) - 1];
      if (!item) throw this.#analysis.error(node, `GROUP BY is out of SELECT column number range: ${node.image}`);
      this.#selectedKeys.add(item.expression);
      return this.#addKey(item.expression, node);
    }
    if (LITERALS.has(node.kind)) throw this.#analysis.error(node, 'Cannot GROUP BY literal values');
    const name = node.kind === 'PathExpression' && node.names.length === 1 ? lower(node.names[0]!.name) : undefined;
    const item = name ? items.find((i) => i.name && lower(i.name) === name) : undefined;
    if (item) this.#selectedKeys.add(item.expression);
    if (item) return this.#addKey(item.expression, node);
    return this.#addKey(analyzeExpression(node, { analysis: this.#analysis, scope: this.#scope, clause: 'GROUP BY clause' }), node);
  }

  #addKey(expression: ResolvedExpression, node: Node): number {
    const aggregates = this.#aggregateIds;
    walkTree(expression, (e) => {
      if (e.kind === 'column' && aggregates.has(e.column.id))
        throw this.#analysis.error(node, 'GROUP BY expression contains an aggregation function, which is not allowed');
      if (e.kind === 'window') throw this.#analysis.error(node, 'GROUP BY expression contains an analytic function, which is not allowed');
    });
    const refused = refuses('group', expression.type);
    if (refused) throw this.#analysis.error(node, `Grouping by expressions of type ${refused} is not allowed`);
    const key = this.#analysis.keyOf(expression);
    const known = this.#byKey.get(key);
    if (known) return this.#keys.findIndex((k) => k.column === known);
    const name = expression.kind === 'column' ? expression.column.name : 'key';
    const column = this.#analysis.column(name, expression.type);
    this.#byKey.set(key, column);
    this.#looks.add(lookOf(expression));
    return this.#keys.push({ column, expression }) - 1;
  }

  /** Lets aggregates fail only where branches that read them are taken. `expressions` are all that read aggregates; they come back as they must read. */
  defer<Tree>(expressions: Tree): Tree {
    if (!this.isActive) return expressions;
    const { aggregates, rewrite } = deferFailures(this.#aggregates, [expressions] as unknown as ResolvedExpression[], this.#analysis);
    this.#deferred = aggregates;
    return rewrite(expressions);
  }

  relation(input: Relation, having: { readonly kind: 'filter'; readonly condition: ResolvedExpression } | undefined): Relation {
    if (!this.isActive) return input;
    const sets = this.#sets && { sets: this.#sets };
    const { source, groupBy } = this.#sets ? this.#keysAsColumns(input) : { source: input, groupBy: this.#keys };
    const aggregate = { kind: 'aggregate', input: source, groupBy, aggregates: this.#deferred ?? this.#aggregates, ...sets } as const;
    const grouped: Relation = resolveHavingExtremes(aggregate, this.#analysis);
    return having ? { ...having, input: grouped } : grouped;
  }

  /** With several grouping sets, DuckDB would compute a key that is left out from another it is made of; columns it takes as they are. */
  #keysAsColumns(input: Relation): { readonly source: Relation; readonly groupBy: readonly ComputedColumn[] } {
    const computed = this.#keys.map(({ column, expression }): ComputedColumn => {
      return { column: this.#analysis.column(column.name, column.type), expression };
    });
    const groupBy = this.#keys.map(({ column }, i) => ({ column, expression: columnReference(computed[i]!.column) }));
    return { source: computed.length ? { kind: 'project', input, computed } : input, groupBy };
  }

  /** An expression as it reads after grouping: keys become their columns; anything else of the FROM clause is an error. */
  afterGrouping(expression: ResolvedExpression, clause: string, node: Node): ResolvedExpression {
    if (!this.isActive) return expression;
    const before = this.#columnsBefore();
    return mapTree(expression, (e) => {
      if (e.kind === 'literal') return undefined;
      if (e.kind === 'grouping') return this.#groupingOf(e, node);
      const column = this.#looks.has(lookOf(e)) ? this.#byKey.get(this.#analysis.keyOf(e)) : undefined;
      if (column && (this.#selectedKeys.has(e) || !this.#isMadeOfKeys(e))) return columnReference(column);
      if (e.kind === 'column' && before.has(e.column.id)) {
        throw this.#analysis.error(node, `${clause} references column ${e.column.name} which is neither grouped nor aggregated`);
      }
      return undefined;
    });
  }

  /** With several grouping sets, `a + 1` is computed from the key a, even where a + 1 is another key. */
  #isMadeOfKeys(e: ResolvedExpression): boolean {
    if (!this.#sets || e.kind === 'column') return false;
    const keys = new Set(this.#keys.flatMap(({ expression: k }) => (k.kind === 'column' ? [k.column.id] : [])));
    const read = columnsRead(e);
    return read.size > 0 && [...read].every((id) => keys.has(id));
  }

  #groupingOf(e: ResolvedExpression & { kind: 'grouping' }, node: Node): ResolvedExpression {
    const column = this.#byKey.get(this.#analysis.keyOf(e.argument));
    if (!column) throw this.#analysis.error(node, 'GROUPING must have an argument that exists within the group-by expression list');
    const flag = this.#addAggregate({ kind: 'grouping', argument: columnReference(column), type: e.type });
    return flag;
  }

  #columnsBefore(): ReadonlySet<number> {
    this.#before ??= this.#findColumnsBefore();
    return this.#before;
  }

  #findColumnsBefore(): Set<number> {
    const before = new Set<number>();
    const add = (expression: ResolvedExpression): void =>
      walkTree(expression, (e) => {
        if (e.kind === 'column') before.add(e.column.id);
      });
    for (const column of this.#scope.columns) add(column.expression);
    for (const range of this.#scope.ranges.values()) {
      for (const column of range.columns) add(column.expression);
      if (range.value) add(range.value);
    }
    return before;
  }
}

const lookOf = (e: ResolvedExpression): string => (e.kind === 'call' ? `call ${e.name}` : e.kind);

function crossProduct(setsOfItems: readonly number[][][]): number[][] {
  return setsOfItems.reduce<number[][]>(
    (sets, choices) => sets.flatMap((set) => choices.map((choice) => [...new Set([...set, ...choice])])),
    [[]],
  );
}
