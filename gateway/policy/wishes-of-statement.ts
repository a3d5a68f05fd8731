import type { StatementFacts } from '../../shared/googlesql/describe-script.ts';
import type { Resource, Statement, TablePath, Wish } from '../exchange.ts';

/** What a statement asks for, or why it can never be granted. */
export type StatementWishes = { readonly wishes: readonly Wish[]; readonly refusal?: string };

export const onProject = (action: string, projectId: string): Wish => ({ action, resource: { type: 'Project', id: projectId } });
export const toTable = ({ projectId, datasetId, tableId }: TablePath): Resource => ({
  type: 'Table',
  id: `${projectId}.${datasetId}.${tableId}`,
});

/** Every table read or written, every routine, and each closed door the statement would go through. */
export function wishesOfStatement(statement: Statement, jobProject: string): StatementWishes {
  if (statement.useLegacySql) return { wishes: [onProject('legacySql', jobProject)] };
  const wishes: Wish[] = statement.isScript ? [onProject('script', jobProject)] : [];
  for (const part of statement.parts) {
    const found = wishesOfPart(part, jobProject);
    if (found.refusal !== undefined) return found;
    wishes.push(...found.wishes);
  }
  for (const table of statement.dryRun?.referencedTables ?? []) wishes.push({ action: 'read', resource: toTable(table) });
  return { wishes: unique(wishes) };
}

const writeActions: Readonly<Record<string, string>> = {
  INSERT: 'write',
  UPDATE: 'write',
  DELETE: 'write',
  MERGE: 'write',
  TRUNCATE_TABLE: 'write',
  LOAD_DATA: 'load',
};

function wishesOfPart(part: StatementFacts, jobProject: string): StatementWishes {
  const wishes: Wish[] = [];
  for (const name of [...part.reads, ...part.writes]) {
    const why = whyUnnameable(name);
    if (why !== undefined) return { wishes: [], refusal: why };
  }
  for (const read of part.reads) wishes.push(...wishesOfRead(read as ResolvedName, jobProject));
  const action = writeActions[part.statementType] ?? (part.statementType.startsWith('DROP_') ? 'drop' : 'createOrReplace');
  for (const written of part.writes) wishes.push(...wishesOfWrite(action, written as ResolvedName, jobProject));
  for (const routine of part.routines) wishes.push({ action: 'call', resource: toRoutine(routine, jobProject) });
  wishes.push(...wishesOfType(part, jobProject), ...wishesOfTouches(part, jobProject));
  return { wishes };
}

type Name = StatementFacts['reads'][number];
type ResolvedName = Name & { readonly projectId: string; readonly datasetId: string };

function whyUnnameable(name: Name): string | undefined {
  if (name.datasetId === undefined) return `The table "${name.text}" names no dataset and the request sets no defaultDataset`;
  return undefined;
}

/** Views that show what others did (their SQL holds literals): only for administrators of the project. */
const isActivityView = (name: string): boolean => /^(JOBS|SESSIONS)(_|$)/i.test(name);

function wishesOfRead(name: ResolvedName, jobProject: string): Wish[] {
  const wishes: Wish[] = [];
  if (/[$@]/.test(name.tableId)) wishes.push(onProject('decorator', jobProject));
  const view = /(?:^|\.)INFORMATION_SCHEMA\.(\w+)$/i.exec(`${name.datasetId}.${name.tableId}`)?.[1];
  if (view !== undefined) return [...wishes, wishOfInformationSchema(name, view)];
  const resource: Resource = name.isWildcard
    ? { type: 'Dataset', id: `${name.projectId}.${name.datasetId}` }
    : toTable({ ...name, tableId: name.tableId.replace(/[$@].*$/, '') });
  return [...wishes, { action: 'read', resource }];
}

function wishOfInformationSchema({ projectId, datasetId }: ResolvedName, view: string): Wish {
  if (isActivityView(view)) return onProject('admin', projectId);
  const isWholeProject = /^(region-|INFORMATION_SCHEMA$)/i.test(datasetId);
  return isWholeProject
    ? onProject('read', projectId)
    : { action: 'read', resource: { type: 'Dataset', id: `${projectId}.${datasetId.replace(/\.INFORMATION_SCHEMA$/i, '')}` } };
}

function wishesOfWrite(action: string, name: ResolvedName, jobProject: string): Wish[] {
  const wish: Wish = { action, resource: toTable({ ...name, tableId: name.tableId.replace(/[$@].*$/, '') }) };
  const wishes = [wish];
  if (name.projectId !== jobProject) wishes.push(onProject('crossProject', jobProject));
  if (/[$@]/.test(name.tableId)) wishes.push(onProject('decorator', jobProject));
  return wishes;
}

const toRoutine = (name: StatementFacts['routines'][number], jobProject: string): Resource =>
  name.datasetId === undefined
    ? { type: 'Project', id: name.projectId ?? jobProject }
    : { type: 'Routine', id: `${name.projectId ?? jobProject}.${name.datasetId}.${name.routineId}` };

/** Doors that belong to the kind of statement. DDL that names no table is judged on the project as a whole. */
function wishesOfType({ statementType, writes, routines }: StatementFacts, jobProject: string): Wish[] {
  if (/^(GRANT|REVOKE)|ROW_ACCESS_POLICY|RESERVATION|CAPACITY|ASSIGNMENT|_SCHEMA$|_PROJECT$|_ORGANIZATION$/.test(statementType))
    return [onProject('admin', jobProject)];
  if (statementType === 'EXPORT_DATA' || statementType === 'EXPORT_MODEL') return [onProject('export', jobProject)];
  if (statementType === 'LOAD_DATA') return [onProject('load', jobProject)];
  if (statementType === 'CREATE_EXTERNAL_TABLE') return [onProject('externalTable', jobProject)];
  if (statementType === 'EXECUTE_IMMEDIATE') return [onProject('executeImmediate', jobProject)];
  if (statementType === 'CALL' && routines.length === 0) return [onProject('call', jobProject)];
  if (/^(CREATE|ALTER|DROP|UNDROP)_/.test(statementType) && writes.length === 0) {
    return [onProject(statementType.startsWith('DROP') ? 'drop' : 'createOrReplace', jobProject)];
  }
  return [];
}

function wishesOfTouches({ touches, statementType }: StatementFacts, jobProject: string): Wish[] {
  const actions: string[] = [];
  if (touches.externalQuery) actions.push('externalQuery');
  if (touches.javascript) actions.push('javascript');
  if (touches.dynamicSql) actions.push('executeImmediate');
  if (touches.dcl) actions.push('admin');
  if (touches.connections.length > 0 && !touches.externalQuery)
    actions.push(/FUNCTION|PROCEDURE/.test(statementType) ? 'remoteFunction' : 'externalTable');
  return actions.map((action) => onProject(action, jobProject));
}

export function unique(wishes: readonly Wish[]): readonly Wish[] {
  if (wishes.length < 2) return wishes;
  return [...new Map(wishes.map((each) => [`${each.action}\n${each.resource.type}\n${each.resource.id}`, each])).values()];
}
