import type { Exchange, Wish } from '../exchange.ts';
import type { ContextInput } from './context.ts';
import type { Judge } from './judge.ts';
import { mayReach } from './reach.ts';

type Entry = Readonly<Record<string, unknown>>;

const none = { statements: 0, estimatedBytes: 0, distinctTables: 0 };

/** Which entries of a list (projects, datasets, tables, routines, models) the principal reaches. */
export function canSee(judge: Judge, exchange: Exchange): (entry: Entry) => boolean {
  const input: ContextInput = {
    methodId: exchange.call!.method.id,
    tool: exchange.request.headers['user-agent'] ?? '',
    statement: undefined,
    uris: [],
    totals: none,
    hour: exchange.at.getUTCHours(),
  };
  return (entry) => {
    const wish = toWish(entry);
    return wish !== undefined && mayReach(judge, exchange.principal!, wish, input).allowed;
  };
}

function toWish(entry: Entry): Wish | undefined {
  const { projectReference, datasetReference, tableReference, routineReference, modelReference } = entry as Record<
    string,
    Record<string, string> | undefined
  >;
  if (projectReference?.['projectId'] !== undefined) return read('Project', projectReference['projectId']);
  if (datasetReference !== undefined) return read('Dataset', `${datasetReference['projectId']}.${datasetReference['datasetId']}`);
  if (tableReference !== undefined)
    return read('Table', `${tableReference['projectId']}.${tableReference['datasetId']}.${tableReference['tableId']}`);
  if (routineReference !== undefined)
    return read('Routine', `${routineReference['projectId']}.${routineReference['datasetId']}.${routineReference['routineId']}`);
  if (modelReference !== undefined)
    return read('Routine', `${modelReference['projectId']}.${modelReference['datasetId']}.${modelReference['modelId']}`);
  return undefined;
}

const read = (type: Wish['resource']['type'], id: string): Wish => ({ action: 'read', resource: { type, id } });
