import { describeScript, type StatementFacts, type TableName } from '../../../shared/googlesql/describe-script.ts';
import { parseScript } from '../../../shared/googlesql/parse-script.ts';
import { SqlError } from '../../../shared/googlesql/sql-error.ts';

/** What a script does to tables, statement by statement; names as `project.dataset.table`. */
export type TableUse = {
  /** Tables whose content it needs: read, or changed in part. */
  readonly needs: readonly string[];
  /** Tables that are known afterwards whatever they were: created, or replaced as a whole. */
  readonly makes: readonly string[];
  /** Tables whose content it changes in any way. */
  readonly changes: readonly string[];
  readonly datasetsMade: readonly string[];
  /** Functions that answer anew each time. */
  readonly restless: readonly string[];
  /** A construct that keeps us from knowing: dynamic SQL, time travel. */
  readonly opaque: string | undefined;
};

export type UseOptions = {
  readonly projectId: string;
  readonly defaultDataset?: { readonly projectId?: string; readonly datasetId: string } | undefined;
};

const nothing: TableUse = { needs: [], makes: [], changes: [], datasetsMade: [], restless: [], opaque: undefined };

/** A text that is no GoogleSQL touches nothing: BigQuery refused it as well. */
export function toTableUse(sql: string, { projectId, defaultDataset }: UseOptions): TableUse {
  try {
    const script = parseScript(sql);
    const { statements } = describeScript(script, {
      defaultProjectId: projectId,
      ...(defaultDataset === undefined ? {} : { defaultDataset }),
    });
    return joinUses(statements.map(toUse));
  } catch (error) {
    if (error instanceof SqlError) return nothing;
    throw error;
  }
}

const restlessFunctions = new Set([
  'RAND',
  'GENERATE_UUID',
  'CURRENT_TIMESTAMP',
  'CURRENT_DATE',
  'CURRENT_TIME',
  'CURRENT_DATETIME',
  'SESSION_USER',
]);

function toUse(facts: StatementFacts): TableUse {
  const reads = facts.reads.map(toName);
  const writes = facts.writes.map(toName);
  const made = facts.objects.flatMap((object) => {
    const isWhole = object.action === 'createOrReplace' || (object.action === 'create' && !/\bIF\s+NOT\s+EXISTS\b/i.test(facts.text));
    return isWhole && object.objectId !== undefined ? [toName({ ...object, tableId: object.objectId })] : [];
  });
  const dropped = facts.objects
    .filter(({ action }) => action === 'drop')
    .map((object) => toName({ ...object, tableId: object.objectId ?? '' }));
  const isPartial = /^(INSERT|UPDATE|DELETE|MERGE|TRUNCATE_TABLE|ALTER_)/.test(facts.statementType);
  return {
    needs: [...reads, ...(isPartial ? writes : [])],
    makes: made,
    changes: [...writes, ...made, ...dropped],
    datasetsMade: facts.objects.flatMap((object) =>
      object.objectType === 'SCHEMA' && object.action.startsWith('create') ? [`${object.projectId}.${object.datasetId}`] : [],
    ),
    restless: facts.functions.filter((name) => restlessFunctions.has(name)),
    opaque: facts.touches.dynamicSql ? 'EXECUTE IMMEDIATE' : facts.touches.timeTravel ? 'FOR SYSTEM_TIME AS OF' : undefined,
  };
}

/** What an earlier statement of the script makes, a later one does not need from before. */
function joinUses(uses: readonly TableUse[]): TableUse {
  const made = new Set<string>();
  const needs = new Set<string>();
  for (const use of uses) {
    for (const name of use.needs) if (!made.has(name)) needs.add(name);
    for (const name of use.makes) made.add(name);
  }
  const all = <Item>(pick: (use: TableUse) => readonly Item[]): Item[] => [...new Set(uses.flatMap(pick))];
  return {
    needs: [...needs],
    makes: [...made],
    changes: all(({ changes }) => changes),
    datasetsMade: all(({ datasetsMade }) => datasetsMade),
    restless: all(({ restless }) => restless),
    opaque: uses.find(({ opaque }) => opaque !== undefined)?.opaque,
  };
}

const toName = ({ projectId, datasetId, tableId }: Pick<TableName, 'projectId' | 'datasetId' | 'tableId'>): string =>
  [projectId ?? '?', datasetId ?? '?', tableId].join('.');

/** `SELECT * FROM t` and nothing else: its answer is the whole table. The name comes from describeScript; this only looks at the form. */
export const isWholeTable = (sql: string): boolean =>
  /^\s*SELECT\s+\*\s+FROM\s+(`[^`]+`|[\w-]+)(\s*\.\s*(`[^`]+`|[\w-]+))*\s*;?\s*$/i.test(
    sql.replaceAll(/--[^\n]*|#[^\n]*|\/\*[\s\S]*?\*\//g, ' '),
  );
