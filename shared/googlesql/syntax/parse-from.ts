import type { Identifier } from './ast.ts';
import type { Join, JoinType, TableExpression } from './ast-query.ts';
import type { Cursor } from './cursor.ts';
import { parseExpression } from './parse-expression.ts';
import { parseIdentifier } from './parse-name.ts';
import { parseHint } from './parse-option.ts';
import { isSetOperation } from './parse-set-operation.ts';
import { parseTable } from './parse-table.ts';

/** What follows FROM: tables, joins, commas. */
export function parseFromClause(cursor: Cursor): TableExpression {
  let left = parseJoins(cursor, parseTable(cursor), false);
  for (let links = 1; cursor.takeSymbol(','); links++) {
    cursor.checkChain(links);
    const right = parseTable(cursor);
    const joined = toJoin(left, right, { joinType: 'COMMA', hint: undefined, on: undefined, using: [] });
    left = parseJoins(cursor, joined, true);
  }
  return left;
}

type JoinCondition = Pick<Join, 'on' | 'using'>;
type JoinShape = Pick<Join, 'joinType' | 'hint' | 'on' | 'using'>;
type Link = {
  readonly start: number;
  readonly joinType: JoinType;
  readonly hint: Join['hint'];
  readonly table: TableExpression;
  readonly conditions: readonly JoinCondition[];
};

/** The joins that follow a table. */
export function parseJoins(cursor: Cursor, first: TableExpression, isAfterComma: boolean): TableExpression {
  const links: Link[] = [];
  while (isJoin(cursor)) {
    cursor.checkChain(links.length + 1);
    links.push(parseLink(cursor, isAfterComma));
  }
  return links.some(({ conditions }) => conditions.length > 1) ? nestJoins(cursor, first, links) : chainJoins(first, links);
}

const JOIN_TYPES: Readonly<Record<string, JoinType>> = { INNER: 'INNER', CROSS: 'CROSS', LEFT: 'LEFT', RIGHT: 'RIGHT', FULL: 'FULL' };

export function isJoin(cursor: Cursor): boolean {
  const { keyword } = cursor.token;
  return keyword === 'JOIN' || keyword === 'HASH' || keyword === 'LOOKUP' || (keyword in JOIN_TYPES && !isSetOperation(cursor));
}

function parseLink(cursor: Cursor, isAfterComma: boolean): Link {
  const { start } = cursor.token;
  const joinType = parseJoinType(cursor);
  if (isAfterComma && (joinType === 'RIGHT' || joinType === 'FULL')) {
    cursor.fail(`${joinType} JOIN must be parenthesized when following a comma join.  ${CORRELATED_COMMA}`, start);
  }
  const hint = parseHint(cursor);
  const table = parseTable(cursor);
  const conditions: JoinCondition[] = [];
  for (let condition = parseJoinCondition(cursor); condition; condition = parseJoinCondition(cursor)) conditions.push(condition);
  return { start, joinType, hint, table, conditions };
}

const CORRELATED_COMMA =
  'Also, if the preceding comma join is a correlated CROSS JOIN that unnests an array, then CROSS JOIN syntax must be used in place of the comma join';

/** `[CROSS | INNER | LEFT [OUTER] | …] JOIN`. */
export function parseJoinType(cursor: Cursor): JoinType {
  const joinType = JOIN_TYPES[cursor.token.keyword];
  if (joinType) cursor.advance();
  if (joinType === 'LEFT' || joinType === 'RIGHT' || joinType === 'FULL') cursor.takeKeyword('OUTER');
  if (cursor.isKeyword('HASH') || cursor.isKeyword('LOOKUP')) cursor.advance();
  cursor.expectKeyword('JOIN');
  return joinType ?? 'INNER';
}

export function parseJoinCondition(cursor: Cursor): JoinCondition | undefined {
  if (cursor.takeKeyword('ON')) return { on: parseExpression(cursor), using: [] };
  if (cursor.takeKeyword('USING')) return { on: undefined, using: cursor.parenthesised(parseIdentifier) as readonly Identifier[] };
  return undefined;
}

function chainJoins(first: TableExpression, links: readonly Link[]): TableExpression {
  return links.reduce((left, link) => toJoin(left, link.table, toShape(link, link.conditions[0])), first);
}

/** `a JOIN b JOIN c ON x ON y` is `a JOIN (b JOIN c ON x) ON y`: each condition closes the nearest join that is still open. */
function nestJoins(cursor: Cursor, first: TableExpression, links: readonly Link[]): TableExpression {
  const tables: TableExpression[] = [first];
  const open: Link[] = [];
  const close = (condition: JoinCondition | undefined): void => {
    const link = open.pop() ?? failTooMany(cursor, links, condition);
    const right = tables.pop() as TableExpression;
    tables.push(toJoin(tables.pop() as TableExpression, right, toShape(link, condition)));
  };
  for (const link of links) {
    open.push(link);
    tables.push(link.table);
    if (link.joinType === 'CROSS') close(undefined);
    for (const condition of link.conditions) close(condition);
  }
  const unmatched = open[0];
  if (unmatched)
    cursor.fail(
      `${countConditions(links)} ${countRequired(links)}. ${unmatched.joinType} JOIN must have an ON or USING clause`,
      unmatched.start,
    );
  return tables[0] as TableExpression;
}

const countConditions = (links: readonly Link[]): string =>
  `The number of join conditions is ${links.reduce((sum, { conditions }) => sum + conditions.length, 0)} but the number of joins that require a join condition is`;

const countRequired = (links: readonly Link[]): number => links.filter(({ joinType }) => joinType !== 'CROSS').length;

function failTooMany(cursor: Cursor, links: readonly Link[], condition: JoinCondition | undefined): never {
  const keyword = condition?.on ? 'ON' : 'USING';
  return cursor.fail(`${countConditions(links)} only ${countRequired(links)}. Unexpected keyword ${keyword}`);
}

const toShape = (link: Link, condition: JoinCondition | undefined): JoinShape => ({
  joinType: link.joinType,
  hint: link.hint,
  on: condition?.on,
  using: condition?.using ?? [],
});

function toJoin(left: TableExpression, right: TableExpression, shape: JoinShape): Join {
  const end = shape.on?.span.end ?? shape.using.at(-1)?.span.end ?? right.span.end;
  return { kind: 'Join', span: { start: left.span.start, end }, left, right, ...shape };
}
