import { describeScript } from '../googlesql/describe-script.ts';
import { parseScript } from '../googlesql/parse-script.ts';
import { SqlError } from '../googlesql/sql-error.ts';

export type TableAccess = 'read' | 'write' | 'unknown';
/** Says of a table, named `project.dataset.table`, what the statement does to it. */
export type AccessOf = (table: string) => TableAccess;

const isRead: AccessOf = () => 'read';
const isUnknown: AccessOf = () => 'unknown';

/** Kept descriptions: agents send the same few texts over and over. */
const maxKept = 2000;
/** A longer text is not worth the time of loading; the gateway has described it already. */
const maxLength = 100_000;

/** Describes statements once each. A SELECT reads all it names; other texts are looked into. */
export function createTableAccess(): (sql: string | undefined, statementType: string | undefined) => AccessOf {
  const kept = new Map<string, AccessOf>();
  return (sql, statementType) => {
    if (statementType === 'SELECT') return isRead;
    if (sql === undefined || sql.length > maxLength) return isUnknown;
    const known = kept.get(sql);
    if (known !== undefined) return known;
    if (kept.size >= maxKept) kept.clear();
    const access = describeAccess(sql);
    kept.set(sql, access);
    return access;
  };
}

/** Names in the text may leave out project and dataset: they are matched from the end. */
function describeAccess(sql: string): AccessOf {
  try {
    const { statements } = describeScript(parseScript(sql));
    const ends = (names: readonly { readonly projectId?: string; readonly datasetId?: string; readonly tableId: string }[]): string[] =>
      names.map(
        ({ projectId, datasetId, tableId }) => `.${[projectId, datasetId, tableId].filter((part) => part !== undefined).join('.')}`,
      );
    const made = statements.flatMap(({ objects }) =>
      objects.flatMap(({ objectId, ...rest }) => (objectId === undefined ? [] : [{ ...rest, tableId: objectId }])),
    );
    const writes = [...ends(statements.flatMap((each) => each.writes)), ...ends(made)];
    const reads = ends(statements.flatMap((each) => each.reads));
    const isAmong = (table: string, names: readonly string[]): boolean => names.some((name) => `.${table}`.endsWith(name));
    return (table) => (isAmong(table, writes) ? 'write' : isAmong(table, reads) ? 'read' : 'unknown');
  } catch (error) {
    if (error instanceof SqlError) return isUnknown;
    throw error;
  }
}
