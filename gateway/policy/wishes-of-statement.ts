import type { ObjectEffect, StatementFacts, TableName } from '../../shared/googlesql/describe-script.ts';
import type { Resource, Statement, TablePath, Wish } from '../exchange.ts';
import { wishesOfTouches } from './wishes-of-touches.ts';

/** What a statement asks for, or why it can never be granted. */
export type StatementWishes = { readonly wishes: readonly Wish[]; readonly refusal?: string };

export const onProject = (action: string, projectId: string): Wish => ({ action, resource: { type: 'Project', id: projectId } });

/** A partition or snapshot decorator names a part of the table, which is judged as the table. */
export const toTable = ({ projectId, datasetId, tableId }: TablePath): Resource => ({
  type: 'Table',
  id: `${projectId}.${datasetId}.${tableId.replace(/[$@].*$/, '')}`,
});

/** Every table read or written, every routine and object, and each closed door the statement would go through. */
export function wishesOfStatement(statement: Statement, jobProject: string): StatementWishes {
  if (statement.useLegacySql) return { wishes: [onProject('legacySql', jobProject)] };
  const wishes: Wish[] = statement.isScript ? [onProject('script', jobProject)] : [];
  for (const part of statement.parts) {
    if (!isUnderstood(part.statementType))
      return { wishes, refusal: `This gateway does not know statements of type ${part.statementType}` };
    wishes.push(...wishesOfPart(part, jobProject));
  }
  for (const table of statement.dryRun?.referencedTables ?? [])
    wishes.push(wishOfRead({ ...table, isWildcard: table.tableId.endsWith('*') }, jobProject));
  return { wishes: unique(wishes) };
}

const understood =
  /^(SELECT|INSERT|UPDATE|DELETE|MERGE|TRUNCATE_TABLE|SCRIPT|CALL|ASSERT|EXECUTE_IMMEDIATE|(BEGIN|COMMIT|ROLLBACK)_TRANSACTION|(CREATE|ALTER|DROP|UNDROP)_\w+|EXPORT_\w+|LOAD_DATA|GRANT|REVOKE)$/;
const isUnderstood = (statementType: string): boolean => understood.test(statementType);

function wishesOfPart(part: StatementFacts, jobProject: string): Wish[] {
  const { reads, writes, models, objects, routines, statementType } = part;
  const action = toWriteAction(statementType);
  return [
    ...[...reads, ...models].flatMap((name) => wishesOfName('read', name, jobProject)),
    ...writes.flatMap((name) => wishesOfName(action, name, jobProject)),
    ...objects.flatMap((object) => wishesOfObject(object, jobProject)),
    ...routines.map((routine): Wish => ({ action: 'call', resource: toRoutine(routine, jobProject, routine.routineId) })),
    ...wishesOfTouches(part, jobProject),
  ];
}

function toWriteAction(statementType: string): string {
  if (/^(INSERT|UPDATE|DELETE|MERGE|TRUNCATE_TABLE)$/.test(statementType)) return 'write';
  if (statementType === 'LOAD_DATA') return 'load';
  return statementType.startsWith('DROP_') ? 'drop' : 'createOrReplace';
}

/** A name without a dataset may mean anything the session or an earlier statement made of it: then only the whole project will do. */
function wishesOfName(action: string, name: TableName, jobProject: string): Wish[] {
  if (action === 'read') return [wishOfRead(name, jobProject), ...decorated(name, jobProject)];
  if (name.datasetId === undefined) return [onProject(action, name.projectId ?? jobProject)];
  const projectId = name.projectId ?? jobProject;
  const wishes: Wish[] = [
    { action, resource: toTable({ projectId, datasetId: name.datasetId, tableId: name.tableId }) },
    ...decorated(name, jobProject),
  ];
  if (projectId !== jobProject) wishes.push(onProject('crossProject', jobProject));
  return wishes;
}

const decorated = ({ tableId }: Pick<TableName, 'tableId'>, jobProject: string): Wish[] =>
  /[$@]/.test(tableId) ? [onProject('decorator', jobProject)] : [];

type Readable = { readonly projectId?: string; readonly datasetId?: string; readonly tableId: string; readonly isWildcard: boolean };

function wishOfRead({ projectId = '', datasetId, tableId, isWildcard }: Readable, jobProject: string): Wish {
  const project = projectId === '' ? jobProject : projectId;
  const view = /(?:^|\.)INFORMATION_SCHEMA\.(\w+)$/i.exec(`${datasetId ?? ''}.${tableId}`)?.[1];
  if (view !== undefined) return wishOfInformationSchema(project, datasetId, view);
  if (datasetId === undefined) return onProject('read', project);
  if (!isWildcard) return { action: 'read', resource: toTable({ projectId: project, datasetId, tableId }) };
  return { action: 'read', resource: { type: 'Dataset', id: `${project}.${datasetId}` }, tablePrefix: tableId.replace(/\*$/, '') };
}

/** JOBS and SESSIONS show what everybody did, with the literals of their SQL: for administrators of the project only. */
function wishOfInformationSchema(projectId: string, datasetId: string | undefined, view: string): Wish {
  if (/^(JOBS|SESSIONS)(_|$)/i.test(view)) return onProject('admin', projectId);
  if (datasetId === undefined || /^region-|^INFORMATION_SCHEMA$/i.test(datasetId)) return onProject('read', projectId);
  return { action: 'read', resource: { type: 'Dataset', id: `${projectId}.${datasetId.replace(/\.INFORMATION_SCHEMA$/i, '')}` } };
}

/** Tables and views stand among the writes already. */
function wishesOfObject({ action, objectType, projectId, datasetId, objectId }: ObjectEffect, jobProject: string): Wish[] {
  const project = projectId ?? jobProject;
  const verb = action === 'drop' ? 'drop' : 'createOrReplace';
  if (objectType === 'EXTERNAL TABLE') return [onProject('externalTable', jobProject)];
  if (/(^| )(TABLE|VIEW)$/.test(objectType)) return [];
  if (/SCHEMA$/.test(objectType) && datasetId !== undefined) {
    const resource: Resource = { type: 'Dataset', id: `${project}.${datasetId}` };
    return [
      { action: action === 'alter' ? 'admin' : verb, resource },
      ...(objectType.startsWith('EXTERNAL') ? [onProject('externalTable', jobProject)] : []),
    ];
  }
  if (/(FUNCTION|PROCEDURE)$/.test(objectType))
    return [{ action: verb, resource: toRoutine({ projectId: project, datasetId }, jobProject, objectId ?? '') }];
  if (objectType === 'MODEL' && datasetId !== undefined && objectId !== undefined)
    return [{ action: verb, resource: toTable({ projectId: project, datasetId, tableId: objectId }) }];
  return [onProject('admin', project)];
}

const toRoutine = (
  { projectId, datasetId }: { readonly projectId?: string | undefined; readonly datasetId?: string | undefined },
  jobProject: string,
  id: string,
): Resource =>
  datasetId === undefined
    ? { type: 'Project', id: projectId ?? jobProject }
    : { type: 'Routine', id: `${projectId ?? jobProject}.${datasetId}.${id}` };

export function unique(wishes: readonly Wish[]): readonly Wish[] {
  if (wishes.length < 2) return wishes;
  return [
    ...new Map(
      wishes.map((each) => [`${each.action}\n${each.resource.type}\n${each.resource.id}\n${each.tablePrefix ?? ''}`, each]),
    ).values(),
  ];
}
