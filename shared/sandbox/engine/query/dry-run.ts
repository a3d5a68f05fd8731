import { parseScript } from '../../../googlesql/parse-script.ts';
import type { Statement } from '../../../googlesql/syntax/ast-statement.ts';
import type { DuckConnection } from '../duck/duck-connection.ts';
import type { DryRun, QueryRequest } from '../engine.ts';
import { findUndeclared } from './find-undeclared.ts';
import { checkBilledBytes, measureBytes } from './measure-bytes.ts';
import { whenReady } from './not-ready.ts';
import { toReferences } from './outcome.ts';
import type { QueryWorld } from './query-world.ts';
import { schemaOf } from './result-table.ts';
import { mainStatement } from './run-request.ts';
import { runStatement } from './run-statement.ts';
import { Session } from './session.ts';
import { type Analyzed, StatementContext } from './statement-context.ts';
import { translateError } from './translate-error.ts';

/** What BigQuery's dry run says: for a script it stops at the first statement whose effect it would need. */
export async function dryRun(world: QueryWorld, request: QueryRequest, existing: Session | undefined): Promise<DryRun> {
  try {
    const script = parseScript(request.sql);
    const session = existing ?? new Session(request.projectId, noConnection);
    const context = new StatementContext(world, session, request, request.sql);
    context.infersParameters = true;
    const main = mainStatement(script);
    const definitions = main ? script.statements.slice(0, -1) : [];
    for (const definition of definitions) await runStatement(context, definition, false);
    if (!main) return await dryRunScript(context, script.statements);
    return await whenReady(() => describe(context, main));
  } catch (error) {
    throw translateError(error);
  }
}

// A dry run executes nothing.
const noConnection = undefined as unknown as DuckConnection;

async function describe(context: StatementContext, statement: Statement): Promise<DryRun> {
  const { core } = context.world;
  const analyzed = analyzeAny(context, statement);
  if (!analyzed) return toDryRun(statement.statementType, 0n, 'PRECISE');
  const bytes = statement.kind === 'CreateViewStatement' ? 0n : await measureBytes(core, analyzed, context.session.connection);
  checkBilledBytes(bytes, context.request.maximumBytesBilled);
  const schema = analyzed.duck.columns.length > 0 ? { schema: { fields: schemaOf(analyzed.duck) } } : {};
  const undeclaredQueryParameters = findUndeclared(analyzed.resolved);
  return {
    ...toDryRun(statement.statementType, bytes, 'PRECISE'),
    ...schema,
    ...toReferences(analyzed.catalog),
    undeclaredQueryParameters,
  };
}

function analyzeAny(context: StatementContext, statement: Statement): Analyzed | undefined {
  switch (statement.kind) {
    case 'QueryStatement':
    case 'InsertStatement':
    case 'UpdateStatement':
    case 'DeleteStatement':
    case 'MergeStatement':
    case 'TruncateStatement':
      return context.analyze(statement);
    case 'CreateTableStatement':
    case 'CreateViewStatement':
    case 'ExportDataStatement':
      return statement.query && context.analyze(statement.query);
    default:
      return undefined;
  }
}

/** Statements before the first DDL or control statement are known; what comes after depends on what ran. */
async function dryRunScript(context: StatementContext, statements: readonly Statement[]): Promise<DryRun> {
  const known: DryRun[] = [];
  for (const statement of statements) {
    if (!isPredictable(statement)) break;
    known.push(await whenReady(() => describe(context, statement)));
  }
  const bytes = known.reduce((sum, each) => sum + BigInt(each.totalBytesProcessed), 0n);
  const tables = new Map(
    known.flatMap((each) => each.referencedTables).map((each) => [`${each.projectId}:${each.datasetId}.${each.tableId}`, each]),
  );
  return {
    ...toDryRun('SCRIPT', bytes, known.length === statements.length ? 'PRECISE' : 'LOWER_BOUND'),
    referencedTables: [...tables.values()],
  };
}

const isPredictable = ({ kind }: Statement): boolean =>
  kind === 'QueryStatement' ||
  kind === 'InsertStatement' ||
  kind === 'UpdateStatement' ||
  kind === 'DeleteStatement' ||
  kind === 'MergeStatement';

const toDryRun = (statementType: string, bytes: bigint, totalBytesProcessedAccuracy: DryRun['totalBytesProcessedAccuracy']): DryRun => ({
  statementType,
  totalBytesProcessed: String(bytes),
  totalBytesProcessedAccuracy,
  referencedTables: [],
  referencedRoutines: [],
  undeclaredQueryParameters: [],
});
