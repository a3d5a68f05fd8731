import type { Select } from '../syntax/ast-query.ts';
import { structField, structOf } from '../types/sql-type.ts';
import type { Analysis } from './analysis.ts';
import type { SelectedItem } from './analyze-select-list.ts';
import { columnReference } from './build-expression.ts';
import { mapTree } from './map-tree.ts';
import type { ComputedColumn, OutputColumn, Relation, ResolvedExpression } from './resolved-tree.ts';

/** The columns a SELECT computes: its output, and what QUALIFY and ORDER BY need besides. */
export class Projection {
  readonly columns: readonly OutputColumn[];
  readonly isValue: boolean;
  readonly #computed: ComputedColumn[] = [];
  readonly #late: ComputedColumn[] = [];
  readonly #byKey = new Map<string, ResolvedExpression>();
  readonly #analysis: Analysis;
  readonly #isDistinct: boolean;

  constructor(outputs: readonly SelectedItem[], select: Select, analysis: Analysis) {
    this.#analysis = analysis;
    this.#isDistinct = select.quantifier === 'DISTINCT';
    this.isValue = select.selectAs !== undefined;
    this.columns = this.#outputColumns(outputs, select);
  }

  #outputColumns(outputs: readonly SelectedItem[], select: Select): OutputColumn[] {
    if (select.selectAs?.typeName) throw this.#analysis.unsupported(select.selectAs, 'SELECT AS a named type');
    if (!select.selectAs)
      return outputs.map(({ name, expression }) => ({ name: name ?? '', column: this.#compute(name ?? '', expression) }));
    if (select.selectAs.as === 'VALUE' && outputs.length !== 1) {
      throw this.#analysis.error(select.selectAs, 'SELECT AS VALUE query must have exactly one column');
    }
    const value = select.selectAs.as === 'VALUE' ? outputs[0]!.expression : rowStruct(outputs);
    return [{ name: '', column: this.#compute('', value) }];
  }

  #compute(name: string, expression: ResolvedExpression) {
    if (expression.kind === 'column' && !this.#isDistinct) return expression.column;
    const column = this.#analysis.column(name, expression.type);
    this.#computed.push({ column, expression });
    this.#byKey.set(this.#analysis.keyOf(expression), columnReference(column));
    return column;
  }

  extra(name: string, expression: ResolvedExpression): ResolvedExpression {
    const known = this.#byKey.get(this.#analysis.keyOf(expression));
    if (known) return known;
    const column = this.#analysis.column(name, expression.type);
    this.#computed.push({ column, expression });
    return columnReference(column);
  }

  /** An ORDER BY key over the projection's columns; after DISTINCT only its output is left to order by. */
  orderKey(expression: ResolvedExpression, node: Parameters<Analysis['error']>[0]): ResolvedExpression {
    const known = this.#byKey.get(this.#analysis.keyOf(expression));
    if (known) return known;
    if (expression.kind === 'column' && !this.#isDistinct) return expression;
    if (!this.#isDistinct) return this.extra('order', expression);
    const visible = new Set(this.columns.map((c) => c.column.id));
    const mapped = mapTree(expression, (e) => this.#byKey.get(this.#analysis.keyOf(e)) ?? this.#assertVisible(e, visible, node));
    const column = this.#analysis.column('order', mapped.type);
    this.#late.push({ column, expression: mapped });
    return columnReference(column);
  }

  #assertVisible(e: ResolvedExpression, visible: ReadonlySet<number>, node: Parameters<Analysis['error']>[0]): undefined {
    if (e.kind === 'column' && !visible.has(e.column.id)) {
      throw this.#analysis.error(
        node,
        `ORDER BY clause expression references column ${e.column.name} which is not visible after SELECT DISTINCT`,
      );
    }
    return undefined;
  }

  over(input: Relation): Relation {
    return this.#computed.length ? { kind: 'project', input, computed: this.#computed } : input;
  }

  afterDistinct(input: Relation): Relation {
    return this.#late.length ? { kind: 'project', input, computed: this.#late } : input;
  }
}

function rowStruct(outputs: readonly SelectedItem[]): ResolvedExpression {
  const type = structOf(outputs.map((o) => structField(o.name, o.expression.type)));
  return { kind: 'struct', fields: outputs.map((o) => o.expression), type };
}
