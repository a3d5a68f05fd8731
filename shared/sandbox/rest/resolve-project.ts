import type { RestCall } from './rest-call.ts';

/**
 * Node 9.3 sends the literal `{{projectId}}` in the path when it knows no project. The project is then the one of the body's `jobReference`, else the
 * quota project of the credential, else the only one there is; without any of them the placeholder stays and names nothing.
 */
export async function resolveProject(call: RestCall, defaultProject: (() => string | undefined) | undefined): Promise<RestCall> {
  if (!call.match.hasProjectPlaceholder) return call;
  const projectId = (await projectOfBody(call)) ?? projectOfHeader(call) ?? defaultProject?.();
  if (projectId === undefined) return call;
  return { ...call, match: { ...call.match, params: { ...call.match.params, projectId } } };
}

/** The body of an upload is a stream that is not ours to read. */
async function projectOfBody(call: RestCall): Promise<string | undefined> {
  const { method, upload } = call.match;
  if (method.body === 'none' || upload !== undefined) return undefined;
  const { jobReference } = (await call.readBody()) as { jobReference?: { projectId?: unknown } };
  return named(jobReference?.projectId);
}

const projectOfHeader = ({ headers }: RestCall): string | undefined => named(headers['x-goog-user-project']);

const named = (projectId: unknown): string | undefined =>
  typeof projectId === 'string' && projectId !== '' && projectId !== '{{projectId}}' ? projectId : undefined;
