import { describeScript, type StatementFacts } from '../../shared/googlesql/describe-script.ts';
import { fingerprint } from '../../shared/googlesql/fingerprint.ts';
import { parseScript } from '../../shared/googlesql/parse-script.ts';
import { SqlError } from '../../shared/googlesql/sql-error.ts';
import { Refusal } from '../errors.ts';
import type { Statement } from '../exchange.ts';

export type QueryOptions = {
  readonly sql: string;
  readonly projectId: string;
  readonly defaultDataset: { readonly projectId?: string; readonly datasetId?: string } | undefined;
  readonly useLegacySql: boolean;
  readonly isDryRun: boolean;
  readonly parameters: unknown;
  readonly bigQuerySession: string | undefined;
};

type SyntaxFacts = Pick<Statement, 'fingerprint' | 'isScript' | 'statementType' | 'parts'>;

const maximumRemembered = 2_000;
const maximumRememberedLength = 20_000;
const remembered = new Map<string, SyntaxFacts>();

/** What the SQL would do, by syntax alone. Throws the refusal, in Google's words, when it is not understood. */
export function inspectStatement(options: QueryOptions, limit: number): Statement {
  const { sql, projectId, useLegacySql, isDryRun, parameters, bigQuerySession } = options;
  if (sql.length > limit) throw new Refusal('STATEMENT_TOO_LARGE', { limit: String(limit) });
  const datasetId = options.defaultDataset?.datasetId;
  const defaultDataset = datasetId === undefined ? undefined : { projectId: options.defaultDataset?.projectId ?? projectId, datasetId };
  const facts = useLegacySql ? unreadable(sql) : understand(sql, projectId, defaultDataset);
  return { sql, ...facts, parameters, bigQuerySession, useLegacySql, isDryRun, defaultDataset, dryRun: undefined };
}

/** Agents repeat themselves: the same text in the same place means the same. */
function understand(sql: string, projectId: string, defaultDataset: Statement['defaultDataset']): SyntaxFacts {
  const key = `${projectId}\n${defaultDataset?.projectId ?? ''}\n${defaultDataset?.datasetId ?? ''}\n${sql}`;
  let facts = remembered.get(key);
  if (facts !== undefined) return facts;
  facts = describe(sql, projectId, defaultDataset);
  if (key.length > maximumRememberedLength) return facts;
  if (remembered.size >= maximumRemembered) remembered.delete(remembered.keys().next().value!);
  remembered.set(key, facts);
  return facts;
}

function describe(sql: string, projectId: string, defaultDataset: Statement['defaultDataset']): SyntaxFacts {
  try {
    const script = parseScript(sql);
    const { statements } = describeScript(script, {
      defaultProjectId: projectId,
      ...(defaultDataset === undefined ? {} : { defaultDataset }),
    });
    const isScript = isScriptOf(statements);
    return { fingerprint: fingerprint(sql), isScript, statementType: isScript ? 'SCRIPT' : toType(statements.at(-1)), parts: statements };
  } catch (error) {
    if (error instanceof SqlError) throw new Refusal('STATEMENT_SYNTAX', { why: error.message });
    throw error;
  }
}

/** Temporary functions before one statement make no script, in BigQuery's own reading either. */
function isScriptOf(statements: readonly StatementFacts[]): boolean {
  const isTemporaryFunction = (each: StatementFacts): boolean => each.statementType === 'CREATE_FUNCTION' && each.objects.length === 0;
  if (statements.some((each) => each.isScripting || each.statementType === 'SCRIPT')) return true;
  return statements.length > 1 && (!statements.slice(0, -1).every(isTemporaryFunction) || isTemporaryFunction(statements.at(-1)!));
}

const toType = (facts: StatementFacts | undefined): string => facts?.statementType ?? 'UNKNOWN';

/** Legacy SQL is another language: nothing is claimed about it, so only a grant of it as a whole lets it pass. */
const unreadable = (sql: string): SyntaxFacts => ({
  fingerprint: fingerprint(sql),
  isScript: false,
  statementType: 'LEGACY_SQL',
  parts: [],
});
