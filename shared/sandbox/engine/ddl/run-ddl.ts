import type { Statement } from '../../../googlesql/syntax/ast-statement.ts';
import type { OutcomeFacts } from '../query/outcome.ts';
import type { StatementContext } from '../query/statement-context.ts';
import { alterObject } from './alter-object.ts';
import { createExternalTable } from './create-external-table.ts';
import { createModelOfQuery } from './create-model.ts';
import { createFunction, createProcedure, createTableFunction } from './create-routine.ts';
import { createSchema } from './create-schema.ts';
import { createSnapshot, createTable } from './create-table.ts';
import { createView } from './create-view.ts';
import { dropObject } from './drop-object.ts';
import { undropSchema } from './undrop-schema.ts';

/** CREATE, ALTER, DROP; undefined for what the sandbox does not have. */
export async function runDdl(context: StatementContext, statement: Statement): Promise<OutcomeFacts | undefined> {
  switch (statement.kind) {
    case 'CreateTableStatement':
      return createTable(context, statement);
    case 'CreateSnapshotTableStatement':
      return createSnapshot(context, statement);
    case 'CreateExternalTableStatement':
      return createExternalTable(context, statement);
    case 'CreateViewStatement':
      return createView(context, statement);
    case 'CreateSchemaStatement':
      return createSchema(context, statement);
    case 'CreateFunctionStatement':
      return createFunction(context, statement);
    case 'CreateTableFunctionStatement':
      return createTableFunction(context, statement);
    case 'CreateProcedureStatement':
      return createProcedure(context, statement);
    case 'CreateModelStatement':
      return createModelOfQuery(context, statement);
    case 'AlterStatement':
      return alterObject(context, statement);
    case 'UndropStatement':
      return undropSchema(context, statement);
    case 'DropStatement':
      return dropObject(context, statement);
    default:
      return undefined;
  }
}
