import { describe, expect, it } from 'vitest';
import { parseScript } from '../parse-script.ts';
import type { Expression, Node } from './ast.ts';
import type { Select, TableExpression } from './ast-query.ts';
import { childrenOf, walk } from './walk.ts';

const select = (sql: string): Select => {
  const [statement] = parseScript(sql).statements;
  if (statement?.kind !== 'QueryStatement' || statement.query.body.kind !== 'Select') throw new Error('no SELECT');
  return statement.query.body;
};

/** An expression fully in parentheses, so that precedence can be read. */
function show(node: Expression): string {
  switch (node.kind) {
    case 'BinaryExpression':
      return `(${show(node.left)} ${node.operator} ${show(node.right)})`;
    case 'UnaryExpression':
      return `(${node.operator} ${show(node.operand)})`;
    case 'AndExpression':
      return `(${node.operands.map(show).join(' AND ')})`;
    case 'OrExpression':
      return `(${node.operands.map(show).join(' OR ')})`;
    case 'BetweenExpression':
      return `(${show(node.operand)} BETWEEN ${show(node.low)} AND ${show(node.high)})`;
    case 'PathExpression':
      return node.names.map(({ name }) => name).join('.');
    case 'IntLiteral':
      return node.image;
    case 'DotIdentifier':
      return `${show(node.operand)}->${node.name.name}`;
    default:
      return node.kind;
  }
}

const expression = (text: string): string => {
  const [item] = select(`SELECT ${text}`).selectList;
  if (item?.kind !== 'SelectColumn') throw new Error('no column');
  return show(item.expression);
};

describe('precedence', () => {
  it.each([
    ['1 + 2 * 3', '(1 + (2 * 3))'],
    ['1 - 2 - 3', '((1 - 2) - 3)'],
    ['a OR b AND NOT c = d OR e', '(a OR (b AND (NOT (c = d))) OR e)'],
    ['- a.b + ~c', '((- a.b) + (~ c))'],
    ['1 | 2 ^ 3 & 4 << 5 + 6', '(1 | (2 ^ (3 & (4 << (5 + 6)))))'],
    ['a >> 1 > b', '((a >> 1) > b)'],
    ['a || b * c || d', '((a || (b * c)) || d)'],
    ['a BETWEEN b + 1 AND c AND d', '((a BETWEEN (b + 1) AND c) AND d)'],
    ['(a).b.c', 'a->b->c'],
    ['(1 + 2) * 3', '((1 + 2) * 3)'],
    ['a <> b', '(a != b)'],
  ])('%s', (text, expected) => expect(expression(text)).toBe(expected));
});

describe('names', () => {
  const path = (from: string) => {
    const table = select(`SELECT 1 FROM ${from}`).from;
    if (table?.kind !== 'TablePathExpression') throw new Error('no table');
    return table.path.names.map(({ name }) => name);
  };
  it.each([
    ['a.b.c', ['a', 'b', 'c']],
    ['`a.b.c`', ['a.b.c']],
    ['my-project.d.t', ['my-project', 'd', 't']],
    ['my-project-1.d.t', ['my-project-1', 'd', 't']],
    ['my-1a-2b.d.t', ['my-1a-2b', 'd', 't']],
    ['region-us.INFORMATION_SCHEMA.TABLES', ['region-us', 'INFORMATION_SCHEMA', 'TABLES']],
    ['a.select.1x', ['a', 'select', '1x']],
    ['`a\\`b`', ['a`b']],
  ])('%s', (from, expected) => expect(path(from)).toEqual(expected));
});

describe('joins', () => {
  const show = (table: TableExpression): string => {
    if (table.kind === 'Join') return `(${show(table.left)} ${table.joinType} ${show(table.right)})`;
    return table.kind === 'TablePathExpression' ? table.path.names.map(({ name }) => name).join('.') : table.kind;
  };
  it.each([
    ['a JOIN b ON x LEFT JOIN c USING (y), d', '(((a INNER b) LEFT c) COMMA d)'],
    ['a JOIN b JOIN c ON x ON y', '(a INNER (b INNER c))'],
    ['a CROSS JOIN (b JOIN c ON x)', '(a CROSS (b INNER c))'],
    ['a, b JOIN c ON x', '((a COMMA b) INNER c)'],
  ])('%s', (from, expected) => {
    const { from: table } = select(`SELECT 1 FROM ${from}`);
    expect(table && show(table)).toBe(expected);
  });
});

describe('parentheses', () => {
  it.each([
    ['((SELECT 1))', 'ExpressionSubquery'],
    ['((SELECT 1) + 1)', 'BinaryExpression'],
    ['((SELECT 1) UNION ALL (SELECT 2))', 'ExpressionSubquery'],
    ['((SELECT 1), 2)', 'StructConstructor'],
    ['(((a)))', 'PathExpression'],
    ['(WITH(a AS 1, a))', 'WithExpression'],
  ])('%s', (text, kind) => {
    const [item] = select(`SELECT ${text}`).selectList;
    expect(item?.kind === 'SelectColumn' && item.expression.kind).toBe(kind);
  });
});

describe('walk', () => {
  it('reaches every node, and each lies within its parent', () => {
    const text = 'SELECT a, (SELECT MAX(b) FROM t WHERE c IN (1, 2)) FROM u JOIN v USING (k) WHERE d LIKE "x" GROUP BY 1';
    const kinds = new Set<string>();
    walk(parseScript(text).statements[0] as Node, (node) => {
      kinds.add(node.kind);
      for (const child of childrenOf(node)) {
        expect(child.span.start).toBeGreaterThanOrEqual(node.span.start);
        expect(child.span.end).toBeLessThanOrEqual(node.span.end);
      }
    });
    for (const kind of ['FunctionCall', 'InExpression', 'Join', 'LikeExpression', 'GroupingExpression']) expect(kinds).toContain(kind);
  });

  it('stays out where the visitor says so', () => {
    let count = 0;
    walk(parseScript('SELECT 1').statements[0] as Node, () => {
      count++;
      return false;
    });
    expect(count).toBe(1);
  });
});
