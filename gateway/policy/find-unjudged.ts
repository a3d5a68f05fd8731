import type { Wish } from '../exchange.ts';

/**
 * Of the tables that BigQuery says a job referenced (`project.dataset.table`), those that nothing judged covers: not by name, not by a
 * wildcard, not by the dataset or project around it. BigQuery's own anonymous datasets belong to the job itself.
 */
export function findUnjudged(wishes: readonly Wish[], tables: readonly string[]): readonly string[] {
  const names = [...new Set(tables.map((each) => each.replace(/[$@].*$/, '')))];
  return names.filter((name) => !isAnonymous(name) && !wishes.some((wish) => covers(wish, name)));
}

function covers({ action, resource: { type, id }, tablePrefix }: Wish, table: string): boolean {
  if (tablePrefix !== undefined) return table.startsWith(`${id}.${tablePrefix}`);
  if (type === 'Table') return id === table;
  return dataActions.has(action) && (type === 'Dataset' || type === 'Project') && table.startsWith(`${id}.`);
}

/** The right to do something else to a project, such as to run a script, says nothing of its tables. */
const dataActions = new Set(['read', 'write', 'createOrReplace', 'drop', 'load', 'export']);

const isAnonymous = (table: string): boolean => /\._[^.]*\.[^.]+$/.test(table);
