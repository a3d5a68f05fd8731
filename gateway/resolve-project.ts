import type { Config } from './config.ts';
import type { Exchange } from './exchange.ts';

/**
 * Node 9.3 sends the literal `{{projectId}}` when it knows no project. Before the body is read the quota project may say which is meant,
 * or the only project that is served. The client's own words stay in the record.
 */
export function resolveProject(exchange: Exchange, { connections }: Config): void {
  const { params, hasProjectPlaceholder } = exchange.call!;
  const asked = params['projectId'];
  if (!hasProjectPlaceholder || asked === undefined) {
    exchange.projectId = asked;
    return;
  }
  const quota = exchange.request.headers['x-goog-user-project'];
  const served = connections.flatMap((each) => each.projects);
  if (typeof quota === 'string' && quota !== '' && quota !== asked) exchange.projectId = quota;
  else if (served.length === 1 && served[0] !== '*') exchange.projectId = served[0];
}
