import { functionsNamed } from '../functions/function-table.ts';
import type { FunctionCall, Node } from '../syntax/ast.ts';
import type { Join, Query, QueryBody, Select, SetOperation, TablePathExpression } from '../syntax/ast-query.ts';
import { childrenOf, walk } from '../syntax/walk.ts';
import type { Analysis } from './analysis.ts';
import { lower } from './scope.ts';

const isReference = (node: Node, name: string): boolean => {
  if (node.kind !== 'TablePathExpression') return false;
  const { names } = (node as TablePathExpression).path;
  return names.length === 1 && lower(names[0]!.name) === lower(name);
};

/** Whether a table of that name is read anywhere below. */
export function readsTable(node: Node, name: string): boolean {
  let reads = false;
  walk(node, (n) => {
    if (isReference(n, name)) reads = true;
    return !reads;
  });
  return reads;
}

/** What Google refuses around a reference to the query being defined: what would need all of its rows at once. */
export function checkRecursiveTerm(term: QueryBody, name: string, analysis: Analysis): void {
  const references: Node[] = [];
  walk(term, (node) => {
    if (isReference(node, name)) references.push(node);
  });
  if (references.length > 1) throw analysis.error(references[1]!, `Multiple recursive references to table '${name}' are not allowed`);
  if (references.length === 1) checkNode(term, references[0]!, analysis);
}

/** Down the only path that leads to the reference. */
function checkNode(root: Node, reference: Node, analysis: Analysis): void {
  for (let node: Node | undefined = root; node && node !== reference; ) {
    const next: Node | undefined = childrenOf(node).find((child) => holds(child, reference));
    if (next) check(node, next, analysis);
    node = next;
  }
}

const holds = (node: Node, reference: Node): boolean => node.span.start <= reference.span.start && reference.span.end <= node.span.end;

function check(node: Node, next: Node, analysis: Analysis): void {
  const fail = (reason: string): never => {
    throw analysis.error(next, reason);
  };
  const subquery = 'A subquery containing a recursive reference must not';
  const query = 'A query containing a recursive reference must not';
  if (node.kind === 'ExpressionSubquery' || node.kind === 'InExpression' || node.kind === 'QuantifiedComparison')
    fail('A recursive reference from inside an expression subquery is not allowed');
  if (node.kind === 'SampledTable') fail(`${subquery} use the TABLESAMPLE operator`);
  if (node.kind === 'Query' && (node as Query).orderBy) fail(`${subquery} contain an ORDER BY clause`);
  if (node.kind === 'Query' && (node as Query).limit) fail(`${query} use a LIMIT clause`);
  if (node.kind === 'SetOperation') {
    const { operator, quantifier, inputs } = node as SetOperation;
    if (quantifier === 'DISTINCT') fail(`${subquery} use INTERSECT, UNION, or EXCEPT with the DISTINCT modifier`);
    if (operator === 'EXCEPT' && next !== inputs[0]) fail(`${subquery} be used as the right operand of EXCEPT`);
  }
  if (node.kind === 'Join') {
    const { joinType, left } = node as Join;
    if (joinType === 'FULL') fail(`${query} be used as an operand of a FULL OUTER JOIN`);
    if (joinType === 'RIGHT' && next === left) fail(`${query} be used as the left operand of a RIGHT JOIN`);
    if (joinType === 'LEFT' && next !== left) fail(`${query} be used as the right operand of a LEFT JOIN`);
  }
  if (node.kind === 'Select' && next === (node as Select).from) checkSelect(node as Select, fail);
}

function checkSelect(select: Select, fail: (reason: string) => never): void {
  let hasAggregate = select.quantifier === 'DISTINCT' || select.groupBy !== undefined;
  let hasWindow = false;
  for (const part of [...select.selectList, select.having, select.qualify]) {
    if (part === undefined) continue;
    walk(part, (node) => {
      if (node.kind === 'ExpressionSubquery') return false;
      if (node.kind !== 'FunctionCall') return true;
      const call = node as FunctionCall;
      if (call.over) hasWindow = true;
      else if (isAggregate(call)) hasAggregate = true;
      return true;
    });
  }
  if (hasAggregate) fail('A subquery containing a recursive reference must not use DISTINCT, GROUP BY, or any aggregate function');
  if (hasWindow) fail('A subquery containing a recursive reference must not use an analytic function');
}

const isAggregate = ({ function: { names } }: FunctionCall): boolean =>
  functionsNamed(names.map((n) => n.name.toUpperCase()).join('.'))?.[0]?.kind === 'aggregate';
