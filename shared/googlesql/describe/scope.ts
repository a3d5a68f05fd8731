/** Names that hide tables: common table expressions, and aliases of tables whose arrays FROM may unnest. Case does not matter. */
export type Scope = {
  readonly outer: Scope | undefined;
  readonly queryNames: Set<string>;
  readonly aliases: Set<string>;
};

export const createScope = (outer: Scope | undefined): Scope => ({ outer, queryNames: new Set(), aliases: new Set() });

export const addQueryName = (scope: Scope, name: string): void => {
  scope.queryNames.add(name.toLowerCase());
};

export const addAlias = (scope: Scope, name: string | undefined): void => {
  if (name !== undefined) scope.aliases.add(name.toLowerCase());
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
