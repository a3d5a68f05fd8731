import type { Identifier } from './ast.ts';
import type {
  AssertStatement,
  ExportDataStatement,
  ExportMetadataStatement,
  ExportModelStatement,
  GrantStatement,
  LoadDataStatement,
  RevokeStatement,
} from './ast-statement.ts';
import type { Cursor } from './cursor.ts';
import { parseTypedNames } from './parse-column-definition.ts';
import { parseGrantee } from './parse-create-other.ts';
import { parseClusterBy, parsePartitionColumns } from './parse-create-table.ts';
import { parseExpression } from './parse-expression.ts';
import { parseString } from './parse-literal.ts';
import { parseIdentifier, parseObjectPath, toIdentifier } from './parse-name.ts';
import { parseOnlyConnection, parseOptionEntries, parseOptions, parseWithConnection } from './parse-option.ts';
import { parseQuery } from './parse-query.ts';
import { parsePartitionBy } from './parse-window.ts';

export function parseExport(cursor: Cursor): ExportDataStatement | ExportModelStatement | ExportMetadataStatement {
  const { start } = cursor.expectKeyword('EXPORT');
  if (cursor.takeKeyword('DATA')) return parseExportData(cursor, start);
  if (cursor.takeKeyword('MODEL')) return parseExportModel(cursor, start);
  if (cursor.takeKeyword('TABLE')) return parseExportMetadata(cursor, start);
  return cursor.failExpected('keyword DATA or keyword MODEL or keyword TABLE');
}

/** `EXPORT TABLE METADATA FROM t`. */
function parseExportMetadata(cursor: Cursor, start: number): ExportMetadataStatement {
  cursor.expectWord('METADATA');
  cursor.expectKeyword('FROM');
  const object = parseObjectPath(cursor);
  const connection = parseWithConnection(cursor);
  const options = parseOptions(cursor);
  return { kind: 'ExportMetadataStatement', statementType: 'EXPORT_METADATA', span: cursor.spanFrom(start), object, connection, options };
}

function parseExportData(cursor: Cursor, start: number): ExportDataStatement {
  const connection = parseOnlyConnection(cursor);
  const options = parseOptions(cursor);
  cursor.expectKeyword('AS');
  const query = parseQuery(cursor);
  return { kind: 'ExportDataStatement', statementType: 'EXPORT_DATA', span: cursor.spanFrom(start), connection, options, query };
}

function parseExportModel(cursor: Cursor, start: number): ExportModelStatement {
  const model = parseObjectPath(cursor);
  const connection = parseOnlyConnection(cursor);
  const options = parseOptions(cursor);
  return { kind: 'ExportModelStatement', statementType: 'EXPORT_MODEL', span: cursor.spanFrom(start), model, connection, options };
}

/** `LOAD DATA {INTO|OVERWRITE} t [(…)] … FROM FILES (…)`. */
export function parseLoadData(cursor: Cursor): LoadDataStatement {
  const { start } = cursor.expectKeyword('LOAD');
  cursor.expectKeyword('DATA');
  const isOverwrite = cursor.takeKeyword('OVERWRITE');
  if (!isOverwrite && !cursor.takeKeyword('INTO')) cursor.failExpected('keyword INTO or keyword OVERWRITE');
  const isTemp = takeTempTable(cursor);
  const target = parseObjectPath(cursor);
  const columns = cursor.isSymbol('(') ? parseTypedNames(cursor) : [];
  const isOverwritePartitions = cursor.isKeyword('OVERWRITE') && cursor.takeWords('OVERWRITE', 'PARTITIONS');
  const partitions = isOverwritePartitions || cursor.takeKeyword('PARTITIONS') ? cursor.parenthesised(parseExpression) : [];
  const partitionBy = parsePartitionBy(cursor);
  const clusterBy = parseClusterBy(cursor);
  const options = parseOptions(cursor);
  cursor.expectKeyword('FROM');
  cursor.expectKeyword('FILES');
  const files = parseOptionEntries(cursor);
  const partitionColumns = parsePartitionColumns(cursor);
  const connection = parseWithConnection(cursor);
  return {
    kind: 'LoadDataStatement',
    statementType: 'LOAD_DATA',
    span: cursor.spanFrom(start),
    isOverwrite,
    isTemp,
    target,
    columns,
    isOverwritePartitions,
    partitions,
    partitionBy,
    clusterBy,
    options,
    files,
    partitionColumns,
    connection,
  };
}

function takeTempTable(cursor: Cursor): boolean {
  const isTemp = cursor.takeWords('TEMP', 'TABLE') || cursor.takeWords('TEMPORARY', 'TABLE');
  return isTemp;
}

export function parseAssert(cursor: Cursor): AssertStatement {
  const { start } = cursor.expectKeyword('ASSERT');
  const condition = parseExpression(cursor);
  const isDescribed = cursor.takeKeyword('AS');
  if (isDescribed && cursor.token.kind !== 'string') cursor.failExpected('string literal');
  const description = isDescribed ? parseString(cursor) : undefined;
  return { kind: 'AssertStatement', statementType: 'ASSERT', span: cursor.spanFrom(start), condition, description };
}

export function parseGrant(cursor: Cursor): GrantStatement {
  const { start } = cursor.expectKeyword('GRANT');
  const permission = parsePermission(cursor);
  cursor.expectKeyword('TO');
  const grantees = cursor.list(parseGrantee);
  return { kind: 'GrantStatement', statementType: 'GRANT', span: cursor.spanFrom(start), ...permission, grantees };
}

export function parseRevoke(cursor: Cursor): RevokeStatement {
  const { start } = cursor.expectKeyword('REVOKE');
  const permission = parsePermission(cursor);
  cursor.expectKeyword('FROM');
  const grantees = cursor.list(parseGrantee);
  return { kind: 'RevokeStatement', statementType: 'REVOKE', span: cursor.spanFrom(start), ...permission, grantees };
}

/** `` `roles/bigquery.dataViewer` ON TABLE t ``. */
function parsePermission(cursor: Cursor): Pick<GrantStatement, 'roles' | 'objectType' | 'object'> {
  const roles = cursor.list(parseRole);
  cursor.expectKeyword('ON');
  const words = [toIdentifier(cursor, cursor.token.kind === 'word' ? cursor.advance() : cursor.failUnexpected()).name.toUpperCase()];
  if (words[0] === 'EXTERNAL' || words[0] === 'MATERIALIZED') words.push(parseIdentifier(cursor).name.toUpperCase());
  return { roles, objectType: words.join(' '), object: parseObjectPath(cursor) };
}

/** A role, or a privilege such as SELECT. */
const parseRole = (cursor: Cursor): Identifier =>
  cursor.isKeyword('SELECT') ? toIdentifier(cursor, cursor.advance()) : parseIdentifier(cursor);
