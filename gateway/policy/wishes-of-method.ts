import type { MethodMatch } from '../../shared/bigquery/match-method.ts';
import type { Resource, Wish } from '../exchange.ts';
import { onProject } from './wishes-of-statement.ts';

type Body = Readonly<Record<string, unknown>> | undefined;

/** What a method without a statement asks for, from its row in the surface table. */
export function wishesOfMethod({ method, params }: MethodMatch, projectId: string, body: Body): readonly Wish[] {
  const resource = toResource(method.resource, params, projectId, body);
  const wishes = method.actions.map(
    (action): Wish => ({
      action,
      resource: action === 'admin' && resource.type !== 'Dataset' ? { type: 'Project', id: projectId } : resource,
    }),
  );
  return [...wishes, ...wishesOfBody(method.id, resource, projectId, body)];
}

function toResource(kind: string, params: Readonly<Record<string, string>>, projectId: string, body: Body): Resource {
  const dataset = params['datasetId'] ?? nested(body, 'datasetReference', 'datasetId');
  if (kind === 'project' || kind === 'job' || dataset === undefined) return { type: 'Project', id: projectId };
  const within = `${projectId}.${dataset}`;
  const table = (params['tableId'] ?? nested(body, 'tableReference', 'tableId'))?.replace(/[$@].*$/, '');
  const routine = params['routineId'] ?? nested(body, 'routineReference', 'routineId') ?? params['modelId'];
  if ((kind === 'table' || kind === 'rowAccessPolicy') && table !== undefined) return { type: 'Table', id: `${within}.${table}` };
  if ((kind === 'routine' || kind === 'model') && routine !== undefined) return { type: 'Routine', id: `${within}.${routine}` };
  return { type: 'Dataset', id: within };
}

const nested = (body: Body, outer: string, inner: string): string | undefined => {
  const value = (body?.[outer] as Record<string, unknown> | undefined)?.[inner];
  return typeof value === 'string' ? value : undefined;
};

/** Doors that a resource's body opens. */
function wishesOfBody(methodId: string, resource: Resource, projectId: string, body: Body): readonly Wish[] {
  if (body === undefined) return [];
  if (methodId.startsWith('bigquery.datasets.')) return wishesOfDataset(projectId, body);
  if (methodId.startsWith('bigquery.tables.')) return wishesOfTable(projectId, body);
  if (methodId.startsWith('bigquery.routines.')) return wishesOfRoutine(projectId, body);
  // Rows that name a template go into a table of another name, which is made for them.
  const suffix = body['templateSuffix'];
  if (methodId !== 'bigquery.tabledata.insertAll' || typeof suffix !== 'string') return [];
  const made: Resource = { type: 'Table', id: `${resource.id}${suffix}` };
  return [
    { action: 'write', resource: made },
    { action: 'createOrReplace', resource: made },
  ];
}

/** Access entries let others in; foreign and linked datasets show what lies elsewhere. */
function wishesOfDataset(projectId: string, body: NonNullable<Body>): readonly Wish[] {
  const wishes: Wish[] = [];
  if (body['access'] !== undefined) wishes.push(onProject('admin', projectId));
  if (body['externalDatasetReference'] !== undefined || body['linkedDatasetSource'] !== undefined)
    wishes.push(onProject('externalTable', projectId));
  return wishes;
}

/** A view reads tables that its SQL names: for whoever may read the whole project; others say it in SQL, where each table is judged. */
function wishesOfTable(projectId: string, body: NonNullable<Body>): readonly Wish[] {
  const wishes: Wish[] = [];
  if (body['externalDataConfiguration'] !== undefined || body['biglakeConfiguration'] !== undefined)
    wishes.push(onProject('externalTable', projectId));
  if (body['view'] !== undefined || body['materializedView'] !== undefined) wishes.push(onProject('read', projectId));
  return wishes;
}

function wishesOfRoutine(projectId: string, body: NonNullable<Body>): readonly Wish[] {
  const language = String(body['language'] ?? 'SQL').toUpperCase();
  const wishes: Wish[] = [];
  if (language === 'JAVASCRIPT') wishes.push(onProject('javascript', projectId));
  else if (language !== 'SQL') wishes.push(onProject('python', projectId));
  if (body['remoteFunctionOptions'] !== undefined) wishes.push(onProject('remoteFunction', projectId));
  return wishes;
}
