import { Analysis } from '../../analyze/analysis.ts';
import type { AnalyzeOptions } from '../../analyze/analyze-options.ts';
import { typeOfNode } from '../../analyze/analyze-type.ts';
import type { CatalogTable, TablePath } from '../../analyze/catalog.ts';
import { splitPath } from '../../describe/resolve-name.ts';
import { SqlError } from '../../sql-error.ts';
import type { PathExpression } from '../../syntax/ast.ts';
import type {
  CreateFunctionStatement,
  CreateTableFunctionStatement,
  CreateTableStatement,
  CreateViewStatement,
  DropStatement,
} from '../../syntax/ast-ddl.ts';
import type { Statement } from '../../syntax/ast-statement.ts';
import type { SqlType } from '../../types/sql-type.ts';
import { NO_CONTROL } from '../flow.ts';
import type { TracedSyntax } from '../trace-syntax.ts';
import type { ScriptCatalog } from './script-catalog.ts';
import { type ScriptState, toKey } from './script-state.ts';
import { toRoutine } from './to-routine.ts';

/** Statements that neither read data nor change what later ones read. */
const HARMLESS = new Set([
  'BeginTransactionStatement',
  'CommitStatement',
  'RollbackStatement',
  'CreateSchemaStatement',
  'CreateProcedureStatement',
  'GrantStatement',
  'RevokeStatement',
]);

export type Definitions = { readonly state: ScriptState; readonly catalog: ScriptCatalog; readonly options: AnalyzeOptions };

/** What a statement changes for those after it, beyond variables. Throws SqlError where that cannot be followed. */
export function define(statement: Statement, traced: TracedSyntax | undefined, definitions: Definitions): void {
  if (statement.kind === 'QueryStatement') return;
  if (statement.kind === 'CreateFunctionStatement' || statement.kind === 'CreateTableFunctionStatement')
    createRoutine(statement, definitions);
  else if (statement.kind === 'CreateTableStatement') createTable(statement, traced, definitions);
  else if (statement.kind === 'CreateViewStatement' && traced) createView(statement, traced, definitions);
  else if (statement.kind === 'DropStatement') drop(statement, definitions);
  else if (traced?.target) definitions.state.write(traced.target, traced.columns, traced.rows);
  else if (!HARMLESS.has(statement.kind)) throw unfollowed(statement, statement.statementType, definitions);
}

const unfollowed = ({ span }: Statement, what: string, { options }: Definitions): SqlError =>
  new SqlError('unsupported', `${what} has no lineage`, options.text, span.start);

function createRoutine(statement: CreateFunctionStatement | CreateTableFunctionStatement, definitions: Definitions): void {
  const { state, catalog, options } = definitions;
  const routine = toRoutine(statement, options);
  if (!routine) throw unfollowed(statement, 'A function whose code is neither SQL nor JavaScript', definitions);
  const name = splitPath(statement.name);
  if (state.isConditional && catalog.findRoutine(name, options.defaults)) state.lose();
  catalog.addRoutine(catalog.pathOf(name, 'isTemp' in statement && statement.isTemp), routine);
}

function createView({ query, name }: CreateViewStatement, traced: TracedSyntax, definitions: Definitions): void {
  const { catalog, options } = definitions;
  const table = aTable(catalog.pathOf(splitPath(name), false), traced);
  const sql = options.text.slice(query?.span.start, query?.span.end);
  add(name, { ...table, view: { sql, columnNames: traced.columns.map((column) => column.name), defaults: options.defaults } }, definitions);
}

function createTable(statement: CreateTableStatement, traced: TracedSyntax | undefined, definitions: Definitions): void {
  const { state, catalog, options } = definitions;
  if (statement.copy ?? statement.clone ?? statement.like) throw unfollowed(statement, 'CREATE TABLE LIKE, COPY or CLONE', definitions);
  const path = catalog.pathOf(splitPath(statement.name), statement.isTemp);
  const analysis = new Analysis(options);
  const declared = statement.columns.flatMap(({ name, type }) => (type ? [{ name: name.name, type: typeOfNode(type, analysis) }] : []));
  add(statement.name, traced ? aTable(path, traced) : { path, columns: declared, duckName: path.tableId }, definitions);
  const replace = (): void => state.replace(path, traced?.columns ?? [], traced?.rows ?? NO_CONTROL);
  if (statement.isIfNotExists) state.inBranch(NO_CONTROL, replace);
  else replace();
}

/** A name that may or may not mean something new is no name to trust. */
function add(name: PathExpression, table: CatalogTable, { state, catalog, options }: Definitions): void {
  const before = catalog.findTable(splitPath(name), options.defaults);
  if (state.isConditional && before && toKey(before.path) !== toKey(table.path)) state.lose();
  catalog.addTable(table);
}

function drop({ name }: DropStatement, { state, catalog }: Definitions): void {
  if (state.isConditional) state.lose();
  if (name) catalog.drop(splitPath(name));
}

const aTable = (path: TablePath, traced: TracedSyntax): CatalogTable => ({
  path,
  duckName: path.tableId,
  columns: traced.columns.map(({ name }, index) => ({ name, type: traced.types[index] as SqlType })),
});
