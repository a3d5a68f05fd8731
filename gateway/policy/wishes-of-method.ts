import type { MethodMatch } from '../../shared/bigquery/match-method.ts';
import type { Resource, Wish } from '../exchange.ts';
import { onProject } from './wishes-of-statement.ts';

/** What a method without a statement asks for, from its row in the surface table. */
export function wishesOfMethod(
  { method, params }: MethodMatch,
  projectId: string,
  body: Readonly<Record<string, unknown>> | undefined,
): readonly Wish[] {
  const resource = toResource(method.resource, params, projectId, body);
  const wishes = method.actions.map(
    (action): Wish => ({
      action,
      resource: action === 'admin' && resource.type !== 'Dataset' ? { type: 'Project', id: projectId } : resource,
    }),
  );
  return [...wishes, ...wishesOfBody(method.id, projectId, body)];
}

function toResource(
  kind: string,
  params: Readonly<Record<string, string>>,
  projectId: string,
  body: Readonly<Record<string, unknown>> | undefined,
): Resource {
  const dataset = params['datasetId'] ?? nested(body, 'datasetReference', 'datasetId');
  if (kind === 'project' || kind === 'job' || dataset === undefined) return { type: 'Project', id: projectId };
  const within = `${projectId}.${dataset}`;
  const table = (params['tableId'] ?? nested(body, 'tableReference', 'tableId'))?.replace(/[$@].*$/, '');
  const routine = params['routineId'] ?? nested(body, 'routineReference', 'routineId') ?? params['modelId'];
  if ((kind === 'table' || kind === 'rowAccessPolicy') && table !== undefined) return { type: 'Table', id: `${within}.${table}` };
  if ((kind === 'routine' || kind === 'model') && routine !== undefined) return { type: 'Routine', id: `${within}.${routine}` };
  return { type: 'Dataset', id: within };
}

const nested = (body: Readonly<Record<string, unknown>> | undefined, outer: string, inner: string): string | undefined => {
  const value = (body?.[outer] as Record<string, unknown> | undefined)?.[inner];
  return typeof value === 'string' ? value : undefined;
};

/** Doors that a resource's body opens: views read tables, external tables and remote or foreign functions reach outside. */
function wishesOfBody(methodId: string, projectId: string, body: Readonly<Record<string, unknown>> | undefined): readonly Wish[] {
  if (body === undefined) return [];
  const wishes: Wish[] = [];
  if (methodId.startsWith('bigquery.tables.')) {
    if (body['externalDataConfiguration'] !== undefined || body['biglakeConfiguration'] !== undefined)
      wishes.push(onProject('externalTable', projectId));
    if (body['view'] !== undefined || body['materializedView'] !== undefined) wishes.push(onProject('read', projectId));
  }
  if (methodId.startsWith('bigquery.routines.')) {
    const language = String(body['language'] ?? 'SQL').toUpperCase();
    if (language === 'JAVASCRIPT') wishes.push(onProject('javascript', projectId));
    else if (language !== 'SQL') wishes.push(onProject('python', projectId));
    if (body['remoteFunctionOptions'] !== undefined) wishes.push(onProject('remoteFunction', projectId));
  }
  return wishes;
}
