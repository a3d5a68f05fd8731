// No table here has a row access policy: the sandbox shows everybody every row.
import { BigQueryError } from '../../../bigquery/error-envelope.ts';
import type { Engine } from '../../engine/engine.ts';
import { type Answer, toAnswer } from '../answer.ts';
import { pathParam, type RestCall, tableOf } from '../rest-call.ts';

export function listRowAccessPolicies({ catalog }: Engine, call: RestCall): Answer {
  catalog.getTable(tableOf(call));
  return toAnswer({});
}

/** What is asked of a policy that is not there. */
export function findRowAccessPolicy({ catalog }: Engine, call: RestCall): never {
  const { projectId, datasetId, tableId } = tableOf(call);
  catalog.getTable({ projectId, datasetId, tableId });
  const name = `${projectId}:${datasetId}.${tableId}.${pathParam(call, 'policyId')}`;
  throw new BigQueryError({ reason: 'notFound', message: `Not found: Row access policy ${name}` });
}

/** Kept and not applied it would be a lie. */
export function refuseRowAccessPolicy(): never {
  throw new BigQueryError({ reason: 'notImplemented', message: 'Row access policies are not supported by the sandbox' });
}
