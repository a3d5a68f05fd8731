import type { Statement } from '../../../googlesql/syntax/ast-statement.ts';
import { runDdl } from '../ddl/run-ddl.ts';
import { createInvalidQuery } from '../failure.ts';
import { exportData } from '../load/export-data.ts';
import { loadData } from '../load/load-data.ts';
import { whenReady } from './not-ready.ts';
import type { OutcomeFacts } from './outcome.ts';
import { runAssert } from './run-assert.ts';
import { runDml } from './run-dml.ts';
import { runSelect } from './run-select.ts';
import { runTransaction } from './run-transaction.ts';
import type { StatementContext } from './statement-context.ts';

/** Any statement but those of the script language. */
export const runStatement = (context: StatementContext, statement: Statement, isWholeRequest: boolean): Promise<OutcomeFacts> => {
  // CURRENT_TIMESTAMP is another one in each statement.
  context.session.times.clear();
  return whenReady(() => runReady(context, statement, isWholeRequest));
};

async function runReady(context: StatementContext, statement: Statement, isWholeRequest: boolean): Promise<OutcomeFacts> {
  switch (statement.kind) {
    case 'QueryStatement':
      return runSelect(context, statement, isWholeRequest);
    case 'InsertStatement':
    case 'UpdateStatement':
    case 'DeleteStatement':
    case 'MergeStatement':
    case 'TruncateStatement':
      return runDml(context, statement);
    case 'BeginTransactionStatement':
    case 'CommitStatement':
    case 'RollbackStatement':
      return runTransaction(context, statement);
    case 'LoadDataStatement':
      return loadData(context, statement);
    case 'ExportDataStatement':
      return exportData(context, statement);
    case 'AssertStatement':
      return runAssert(context, statement);
    case 'GrantStatement':
    case 'RevokeStatement':
      // The sandbox knows no permissions: everybody may do everything.
      return {};
    default:
      return (await runDdl(context, statement)) ?? unsupported(statement);
  }
}

function unsupported({ statementType }: Statement): never {
  throw createInvalidQuery(`${statementType.replaceAll('_', ' ')} statements are not supported by the sandbox`);
}
