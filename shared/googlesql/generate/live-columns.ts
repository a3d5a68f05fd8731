/** Ids of the columns that expressions, queries' outputs and DISTINCT read anywhere in a typed tree. */
export function liveColumns(root: unknown): Set<number> {
  const live = new Set<number>();
  const add = (columns: unknown): void => {
    for (const entry of columns as readonly { readonly id?: number; readonly column?: { readonly id: number } }[])
      live.add(entry.column?.id ?? entry.id!);
  };
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null || node instanceof Uint8Array) return;
    if (Array.isArray(node)) {
      for (const item of node) visit(item);
      return;
    }
    const record = node as Record<string, unknown>;
    if (record['kind'] === 'column') live.add((record['column'] as { id: number }).id);
    if (record['kind'] === 'distinct' || 'isValueTable' in record) add(record['columns'] ?? []);
    for (const [key, value] of Object.entries(record)) if (!SKIPPED.has(key)) visit(value);
  };
  visit(root);
  return live;
}

const SKIPPED = new Set(['type', 'column', 'columns', 'signature', 'table', 'cte', 'parameters', 'referencedTables']);
