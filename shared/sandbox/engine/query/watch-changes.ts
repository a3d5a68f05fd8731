import { isHidden } from '../catalog/catalog-state.ts';
import { isPlaced, type StoredTable } from '../catalog/stored-table.ts';
import type { TableHistory } from '../catalog/table-history.ts';
import type { Session } from './session.ts';

/** What a transaction did with a table, to be noted when it is committed. */
export type TableChange = { rewritten: (() => void) | undefined; grown: bigint; readonly grew: (rows: bigint) => void };

/**
 * To be called before a statement writes `target`, so that what it held is kept. What it answers is told how many rows were written; in a transaction it waits
 * for the commit.
 */
export async function watchChanges(
  history: TableHistory,
  session: Session,
  target: StoredTable | undefined,
  onlyGrows: boolean,
): Promise<(rows: bigint) => void> {
  if (!target || !isPlaced(target) || isHidden(target.resource.tableReference)) return () => {};
  const { id } = target.resource;
  const isOpen = session.transactionId !== undefined;
  const change: TableChange = (isOpen && session.changes.get(id)) || {
    rewritten: undefined,
    grown: 0n,
    grew: (rows) => history.grew(target, rows),
  };
  // Inside a transaction others still see what was there before it, and so does whoever copies.
  const rewritten = onlyGrows ? undefined : (change.rewritten ?? (await history.preserve(target)));
  return (rows) => {
    if (rows === 0n) return;
    if (onlyGrows) change.grown += rows;
    else change.rewritten = rewritten;
    if (isOpen) session.changes.set(id, change);
    else noteChange(change);
  };
}

export function noteChange({ rewritten, grown, grew }: TableChange): void {
  if (rewritten) rewritten();
  else if (grown > 0n) grew(grown);
}
