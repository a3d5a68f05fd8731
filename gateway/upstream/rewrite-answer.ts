// Answers that must not leave as they came: lists show only what the principal may reach, job resources name the principal
// instead of the gateway's own account.

export type Keep = (entry: Readonly<Record<string, unknown>>) => boolean;

/** The list's entries live under a key of their own in each kind of list. */
const listKeys: Readonly<Record<string, string>> = {
  'bigquery.projects.list': 'projects',
  'bigquery.datasets.list': 'datasets',
  'bigquery.tables.list': 'tables',
  'bigquery.routines.list': 'routines',
  'bigquery.models.list': 'models',
  'bigquery.jobs.list': 'jobs',
};

export const isList = (methodId: string): boolean => Object.hasOwn(listKeys, methodId);

/** Job resources name the gateway's own account and the anonymous table of a result. */
const jobResources = new Set(['bigquery.jobs.get', 'bigquery.jobs.insert', 'bigquery.jobs.cancel', 'bigquery.jobs.list']);
export const isJobResource = (methodId: string): boolean => jobResources.has(methodId);

/** Drops the entries that are not to be seen, and the counts that would tell of them. Undefined when it is no list. */
export function filterList(methodId: string, body: string, keep: Keep): string | undefined {
  const list = parse(body);
  const key = listKeys[methodId]!;
  if (list === undefined) return undefined;
  const entries = list[key];
  if (entries === undefined) return body;
  if (!Array.isArray(entries)) return undefined;
  const kept = entries.filter((each) => keep(each as Record<string, unknown>));
  if (kept.length === entries.length) return body;
  return JSON.stringify({ ...list, [key]: kept, ...('totalItems' in list ? { totalItems: kept.length } : {}) });
}

/** The account the jobs run under is the gateway's; what the client sees is itself. Bytes around it stay as they are. */
export const renameUser = (body: string, user: string): string => {
  const quoted = JSON.stringify(user);
  return body.replace(/("(?:user_email|principal_subject)"\s*:\s*)"(?:[^"\\]|\\.)*"/g, (_, key: string) => key + quoted);
};

function parse(body: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
