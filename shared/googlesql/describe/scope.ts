/** Names that hide tables: common table expressions, and aliases of tables whose arrays FROM may unnest. Case does not matter. */
export type Scope = {
  readonly outer: Scope | undefined;
  /** The scope of the FROM clause that this one is a part of, where it is not that itself. */
  readonly clause: Scope | undefined;
  readonly queryNames: Set<string>;
  readonly aliases: Set<string>;
};

export const createScope = (outer: Scope | undefined): Scope => ({ outer, clause: undefined, queryNames: new Set(), aliases: new Set() });

/** What a table operator sees: the tables before it in the clause, and its own input. */
export const createPartScope = (scope: Scope): Scope => ({ ...createScope(scope), clause: scope.clause ?? scope });

/** What a subquery or a join in parentheses sees: nothing of the FROM clause it stands in. */
export const createSeparateScope = (scope: Scope): Scope => createScope((scope.clause ?? scope).outer);

export const addQueryName = (scope: Scope, name: string): void => {
  scope.queryNames.add(name.toLowerCase());
};

export const addAlias = (scope: Scope, name: string | undefined): void => {
  if (name !== undefined) scope.aliases.add(name.toLowerCase());
};

export const addAliasesOf = (scope: Scope, inner: Scope): void => {
  for (const name of inner.aliases) scope.aliases.add(name);
};

export function isQueryName(scope: Scope, name: string): boolean {
  return isFound(scope, (each) => each.queryNames, name);
}

export function isAlias(scope: Scope, name: string): boolean {
  return isFound(scope, (each) => each.aliases, name);
}

function isFound(scope: Scope, select: (scope: Scope) => Set<string>, name: string): boolean {
  const wanted = name.toLowerCase();
  for (let each: Scope | undefined = scope; each; each = each.outer) if (select(each).has(wanted)) return true;
  return false;
}
