import type { Expression } from './ast.ts';
import type {
  CreateExternalTableStatement,
  CreateSnapshotTableStatement,
  CreateTableStatement,
  CreateViewStatement,
  TableSource,
  ViewColumn,
} from './ast-ddl.ts';
import type { Cursor } from './cursor.ts';
import { parseTableElements, parseTypedNames } from './parse-column-definition.ts';
import { type CreateStart, parseIfNotExists } from './parse-create.ts';
import { parseExpression } from './parse-expression.ts';
import { parseIdentifier, parseObjectPath } from './parse-name.ts';
import { parseOptions, parseWithConnection } from './parse-option.ts';
import { parseQuery } from './parse-query.ts';
import { parseSystemTime } from './parse-table.ts';
import { parseCollation } from './parse-type.ts';
import { parsePartitionBy } from './parse-window.ts';

export function parseCreateTable(cursor: Cursor, { start, isOrReplace, isTemp }: CreateStart): CreateTableStatement {
  cursor.expectKeyword('TABLE');
  const isIfNotExists = parseIfNotExists(cursor);
  const name = parseObjectPath(cursor);
  const elements = cursor.isSymbol('(') ? parseTableElements(cursor) : { columns: [], constraints: [] };
  const like = cursor.takeKeyword('LIKE') ? parseObjectPath(cursor) : undefined;
  const copy = like ? undefined : parseSource(cursor, 'COPY');
  const clone = like || copy ? undefined : parseSource(cursor, 'CLONE');
  const collation = parseDefaultCollation(cursor);
  const partitionBy = parsePartitionBy(cursor, false);
  const clusterBy = parseClusterBy(cursor);
  const connection = parseWithConnection(cursor);
  const options = parseOptions(cursor);
  const query = cursor.takeKeyword('AS') ? parseQuery(cursor) : undefined;
  return {
    kind: 'CreateTableStatement',
    statementType: query ? 'CREATE_TABLE_AS_SELECT' : 'CREATE_TABLE',
    span: cursor.spanFrom(start),
    isOrReplace,
    isTemp,
    isIfNotExists,
    name,
    ...elements,
    like,
    copy,
    clone,
    collation,
    partitionBy,
    clusterBy,
    connection,
    options,
    query,
  };
}

/** `COPY t`, `CLONE t FOR SYSTEM_TIME AS OF …`, if it stands here. */
function parseSource(cursor: Cursor, keyword: 'COPY' | 'CLONE'): TableSource | undefined {
  if (!cursor.isKeyword(keyword)) return undefined;
  const { start } = cursor.advance();
  const table = parseObjectPath(cursor);
  const systemTime = parseSystemTime(cursor);
  return { kind: 'TableSource', span: cursor.spanFrom(start), table, systemTime };
}

/** `DEFAULT COLLATE 'und:ci'`, if it stands here. */
export function parseDefaultCollation(cursor: Cursor): Expression | undefined {
  if (!cursor.takeKeyword('DEFAULT')) return undefined;
  if (!cursor.isKeyword('COLLATE')) cursor.failExpected('keyword COLLATE');
  return parseCollation(cursor);
}

/** `CLUSTER BY a, b`, if it stands here. */
export function parseClusterBy(cursor: Cursor): Expression[] {
  if (!cursor.takeKeyword('CLUSTER')) return [];
  cursor.expectKeyword('BY');
  return cursor.list(parseExpression);
}

export function parseCreateSnapshotTable(cursor: Cursor, { start, isOrReplace }: CreateStart): CreateSnapshotTableStatement {
  cursor.expectKeyword('SNAPSHOT');
  cursor.expectKeyword('TABLE');
  const isIfNotExists = parseIfNotExists(cursor);
  const name = parseObjectPath(cursor);
  const clone = parseSource(cursor, 'CLONE') ?? cursor.failExpected('keyword CLONE');
  const options = parseOptions(cursor);
  const span = cursor.spanFrom(start);
  const statementType = 'CREATE_SNAPSHOT_TABLE';
  return { kind: 'CreateSnapshotTableStatement', statementType, span, isOrReplace, isIfNotExists, name, clone, options };
}

export function parseCreateExternalTable(cursor: Cursor, { start, isOrReplace }: CreateStart): CreateExternalTableStatement {
  cursor.expectKeyword('EXTERNAL');
  if (!cursor.takeKeyword('TABLE')) cursor.failExpected('keyword SCHEMA or keyword TABLE');
  if (cursor.isKeyword('FUNCTION')) cursor.fail('CREATE EXTERNAL TABLE FUNCTION is not supported', start);
  const isIfNotExists = parseIfNotExists(cursor);
  const name = parseObjectPath(cursor);
  const columns = cursor.isSymbol('(') ? parseTableElements(cursor).columns : [];
  const early = parseWithConnection(cursor);
  const earlyColumns = parsePartitionColumns(cursor);
  const connection = early ?? parseWithConnection(cursor);
  const options = parseOptions(cursor) ?? cursor.failExpected('keyword OPTIONS');
  const partitionColumns = earlyColumns ?? parsePartitionColumns(cursor);
  return {
    kind: 'CreateExternalTableStatement',
    statementType: 'CREATE_EXTERNAL_TABLE',
    span: cursor.spanFrom(start),
    isOrReplace,
    isIfNotExists,
    name,
    columns,
    connection,
    partitionColumns,
    options,
  };
}

/** `WITH PARTITION COLUMNS [(…)]`, if it stands here; no list means that they are detected. */
export function parsePartitionColumns(cursor: Cursor) {
  if (!cursor.isKeyword('WITH') || cursor.peek().keyword !== 'PARTITION') return undefined;
  cursor.advance();
  cursor.advance();
  cursor.expectKeyword('COLUMNS');
  return cursor.isSymbol('(') ? parseTypedNames(cursor) : [];
}

export function parseCreateView(cursor: Cursor, { start, isOrReplace }: CreateStart): CreateViewStatement {
  const isMaterialized = cursor.takeKeyword('MATERIALIZED');
  cursor.expectKeyword('VIEW');
  const isIfNotExists = parseIfNotExists(cursor);
  const name = parseObjectPath(cursor);
  const columns = cursor.isSymbol('(') ? cursor.parenthesised(parseViewColumn) : [];
  const partitionBy = isMaterialized ? parsePartitionBy(cursor, false) : [];
  const clusterBy = isMaterialized ? parseClusterBy(cursor) : [];
  const options = parseOptions(cursor);
  cursor.expectKeyword('AS');
  const replicaOf = isMaterialized && cursor.takeWords('REPLICA', 'OF') ? parseObjectPath(cursor) : undefined;
  const query = replicaOf ? undefined : parseQuery(cursor);
  return {
    kind: 'CreateViewStatement',
    statementType: isMaterialized ? 'CREATE_MATERIALIZED_VIEW' : 'CREATE_VIEW',
    span: cursor.spanFrom(start),
    isOrReplace,
    isIfNotExists,
    isMaterialized,
    name,
    columns,
    partitionBy,
    clusterBy,
    options,
    query,
    replicaOf,
  };
}

function parseViewColumn(cursor: Cursor): ViewColumn {
  const name = parseIdentifier(cursor);
  const options = parseOptions(cursor);
  return { kind: 'ViewColumn', span: cursor.spanFrom(name.span.start), name, options };
}
