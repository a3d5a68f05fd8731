import type { WindowSpecification } from '../syntax/ast-query.ts';
import type { SqlType } from '../types/sql-type.ts';
import type { Analysis } from './analysis.ts';
import type { AggregateExpression, ResolvedExpression } from './resolved-tree.ts';
import type { Scope } from './scope.ts';

/** Takes an aggregate call out of an expression and gives back a column that stands for its value. */
export type AggregateSink = {
  readonly add: (call: AggregateExpression & { readonly type: SqlType }) => ResolvedExpression;
  /** Whether a column stands for an aggregate's value: a select alias may lead to one. */
  readonly isAggregate?: (columnId: number) => boolean;
  /** Groups all rows even when the call turns out to hold no aggregate. */
  readonly demand?: () => void;
  /** Where the arguments of aggregates are looked up: before grouping, without select aliases. */
  readonly scope: Scope | undefined;
};

/** Where an expression stands: what it may name and whether it may aggregate. `clause` is for messages: `WHERE clause`. */
export type ExpressionContext = {
  readonly analysis: Analysis;
  readonly scope: Scope | undefined;
  readonly clause: string;
  readonly aggregates?: AggregateSink | undefined;
  readonly windows?: ReadonlyMap<string, WindowSpecification> | undefined;
};

/** The context of an aggregate's arguments: no aggregate inside, names as before grouping. */
export const insideAggregate = (context: ExpressionContext): ExpressionContext => ({
  analysis: context.analysis,
  scope: context.aggregates?.scope ?? context.scope,
  clause: 'aggregate function',
});
