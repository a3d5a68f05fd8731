/**
 * Members of the typed tree that lineage follows or that hold no sources. The tree grows with the language; a member that came later than the
 * rules here must not be passed over in silence.
 */
const KNOWN: Readonly<Record<string, string>> = {
  literal: 'value',
  column: 'column',
  sql: '',
  call: 'signature arguments',
  cast: 'operand format timeZone limits',
  field: 'operand',
  struct: 'fields',
  array: 'elements',
  subquery: 'query',
  lambda: 'parameters body',
  aggregate: 'signature arguments orderBy limit having where input groupBy sets aggregates',
  window: 'call partitionBy orderBy frame',
  grouping: 'argument',
  'single-row': '',
  table: 'table columns',
  cte: 'cte columns',
  view: 'table columns input',
  unnest: 'input arrays offset',
  join: 'left right on',
  filter: 'input condition',
  project: 'input computed',
  distinct: 'input columns',
  sort: 'input keys',
  limit: 'input count offset',
  set: 'inputs columns',
  with: 'ctes body',
  sample: 'input percent rows',
};

const members = new Map(Object.entries(KNOWN).map(([kind, names]) => [kind, new Set(['type', ...names.split(' ')])]));

export function hasUnknownMember(node: { readonly kind: string }): boolean {
  const known = members.get(node.kind);
  for (const [name, value] of Object.entries(node)) if (typeof value === 'object' && value !== null && !known?.has(name)) return true;
  return false;
}
