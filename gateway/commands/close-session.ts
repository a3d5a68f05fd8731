import { createAdminClient, type OpenSession } from './admin-client.ts';
import { requireConfig } from './require-config.ts';

/** Ends a session of the running gateway, named by its id or by its name when only one open session has it. */
export async function closeSession(session: string, configPath: string): Promise<void> {
  const client = createAdminClient(await requireConfig(configPath));
  const { sessionId, name } = pickSession(await client.listSessions(), session);
  await client.closeSession(sessionId);
  console.log(`Closed session ${name} (${sessionId})`);
}

export function pickSession(open: readonly OpenSession[], wanted: string): OpenSession {
  const found = open.filter((each) => each.sessionId === wanted || each.name === wanted);
  const [first] = found;
  if (first === undefined)
    throw new Error(`No open session is called ${wanted}. Open: ${open.map((each) => each.name).join(', ') || 'none'}.`);
  if (found.length > 1)
    throw new Error(
      `${found.length} open sessions are called ${wanted}; name one by its id: ${found.map((each) => each.sessionId).join(', ')}.`,
    );
  return first;
}
