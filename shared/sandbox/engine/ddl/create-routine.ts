import { splitPath } from '../../../googlesql/analyze/split-path.ts';
import type { TypeNode } from '../../../googlesql/syntax/ast.ts';
import type {
  CreateFunctionStatement,
  CreateProcedureStatement,
  CreateShape,
  CreateTableFunctionStatement,
  RoutineParameter,
} from '../../../googlesql/syntax/ast-ddl.ts';
import type { Statement } from '../../../googlesql/syntax/ast-statement.ts';
import { createRoutine, toRoutine, updateRoutine } from '../catalog/routine-operations.ts';
import { createDuplicate, createInvalidQuery, routineText } from '../failure.ts';
import type { OutcomeFacts } from '../query/outcome.ts';
import { toStandardType } from '../query/sql-types.ts';
import type { StatementContext } from '../query/statement-context.ts';
import type { RoutineArgument, RoutineInput, RoutineReference } from '../resource.ts';
import { checkNoTransaction, toTargetInDataset } from './ddl-target.ts';
import { optionValues } from './option-values.ts';

type RoutineContent = Omit<RoutineInput, 'routineReference'>;

export async function createFunction(context: StatementContext, statement: CreateFunctionStatement): Promise<OutcomeFacts> {
  if (statement.isRemote || (statement.language !== undefined && statement.language !== 'JS' && statement.language !== 'JAVASCRIPT')) {
    throw createInvalidQuery(`Functions in language ${statement.language ?? 'REMOTE'} are not supported by the sandbox`);
  }
  const content = statement.code ? await toJavaScript(context, statement) : toSqlFunction(context, statement);
  return statement.isTemp ? createTemporary(context, statement, content) : store(context, statement, content);
}

function toSqlFunction(context: StatementContext, statement: CreateFunctionStatement): RoutineContent {
  if (!statement.body) throw createInvalidQuery('CREATE FUNCTION needs a body');
  return {
    routineType: statement.isAggregate ? 'AGGREGATE_FUNCTION' : 'SCALAR_FUNCTION',
    language: 'SQL',
    arguments: statement.parameters.map((parameter) => toArgument(context, parameter)),
    definitionBody: context.slice(statement.body),
    ...(statement.returns && { returnType: toStandardType(context.typeOf(statement.returns)) }),
  };
}

async function toJavaScript(context: StatementContext, statement: CreateFunctionStatement): Promise<RoutineContent> {
  if (!statement.returns) throw createInvalidQuery('CREATE FUNCTION with LANGUAGE js needs a RETURNS clause');
  const options = statement.options ? await optionValues(context, statement.options) : {};
  const { library } = options;
  const isVolatile = statement.determinism === 'NOT DETERMINISTIC' || statement.determinism === 'VOLATILE';
  return {
    routineType: statement.isAggregate ? 'AGGREGATE_FUNCTION' : 'SCALAR_FUNCTION',
    language: 'JAVASCRIPT',
    arguments: statement.parameters.map((parameter) => toArgument(context, parameter)),
    definitionBody: statement.code!.value,
    returnType: toStandardType(context.typeOf(statement.returns)),
    ...(statement.determinism && { determinismLevel: isVolatile ? ('NOT_DETERMINISTIC' as const) : ('DETERMINISTIC' as const) }),
    ...(library !== undefined && { importedLibraries: [library].flat().map(String) }),
  };
}

export async function createTableFunction(context: StatementContext, statement: CreateTableFunctionStatement): Promise<OutcomeFacts> {
  if (!statement.query) throw createInvalidQuery('CREATE TABLE FUNCTION needs a query');
  return store(context, statement, {
    routineType: 'TABLE_VALUED_FUNCTION',
    language: 'SQL',
    arguments: statement.parameters.map((parameter) => toArgument(context, parameter)),
    definitionBody: context.slice(statement.query),
  });
}

export async function createProcedure(context: StatementContext, statement: CreateProcedureStatement): Promise<OutcomeFacts> {
  const { body } = statement;
  if (!body) throw createInvalidQuery('Procedures in other languages than SQL are not supported by the sandbox');
  const [first, last] = [body[0], body.at(-1)];
  const text = first && last ? context.text.slice(first.span.start, last.span.end) : '';
  return store(context, statement, {
    routineType: 'PROCEDURE',
    language: 'SQL',
    arguments: statement.parameters.map((parameter) => toArgument(context, parameter)),
    definitionBody:
      body.length === 1 && first!.kind === 'BeginEndStatement' && !isInside(context, first!)
        ? text
        : `BEGIN ${text}${text === '' ? '' : ';'} END`,
  });
}

/** Whether a statement is the first of a block, and not the block itself. */
const isInside = (context: StatementContext, { span }: Statement): boolean => /\bBEGIN\s*$/i.test(context.text.slice(0, span.start));

function toArgument(context: StatementContext, { name, mode, type, isNotAggregate }: RoutineParameter): RoutineArgument {
  const common = { ...(name && { name: name.name }), ...(mode && { mode }), ...(isNotAggregate && { isAggregate: false }) };
  const templated: TypeNode['kind'][] = ['TemplatedType', 'TableType'];
  if (!templated.includes(type.kind)) return { ...common, argumentKind: 'FIXED_TYPE', dataType: toStandardType(context.typeOf(type)) };
  const isTable = type.kind === 'TableType' || (type.kind === 'TemplatedType' && type.of === 'TABLE');
  return isTable ? { ...common, argumentKind: 'FIXED_TYPE', dataType: { typeKind: 'TABLE' } } : { ...common, argumentKind: 'ANY_TYPE' };
}

function createTemporary(
  { session }: StatementContext,
  { name, isOrReplace, isIfNotExists }: CreateShape,
  content: RoutineContent,
): OutcomeFacts {
  const routineId = splitPath(name).join('.');
  if (session.tempRoutines.has(routineId) && !isOrReplace && !isIfNotExists)
    throw createInvalidQuery(`Already Exists: Routine ${routineId}`);
  const routineReference = { projectId: session.projectId, datasetId: '_temporary', routineId };
  session.tempRoutines.set(routineId, toRoutine({ ...content, routineReference }, String(Date.now())));
  return { ddlOperationPerformed: 'CREATE' };
}

async function store(context: StatementContext, shape: CreateShape, content: RoutineContent): Promise<OutcomeFacts> {
  checkNoTransaction(context, 'CREATE FUNCTION');
  const { tableId, ...dataset } = await toTargetInDataset(context, shape.name);
  const routineReference: RoutineReference = { ...dataset, routineId: tableId };
  const { core } = context.world;
  const existing = core.state.routine(routineReference);
  if (existing && shape.isIfNotExists) return { ddlTargetRoutine: routineReference, ddlOperationPerformed: 'SKIP' };
  if (existing && !shape.isOrReplace) throw createDuplicate('Routine', routineText(routineReference));
  const input = { ...content, routineReference };
  if (existing) await updateRoutine(core, routineReference, input);
  else await createRoutine(core, input);
  return { ddlTargetRoutine: routineReference, ddlOperationPerformed: existing ? 'REPLACE' : 'CREATE' };
}
