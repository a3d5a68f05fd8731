import type { Engine } from '../../engine/engine.ts';
import { type Answer, toAnswer } from '../answer.ts';
import { pathParam, type RestCall } from '../rest-call.ts';
import { toEtag } from './conditions.ts';
import { toListPage } from './list-page.ts';

export function listProjects({ catalog }: Engine, { match }: RestCall): Answer {
  const { items, nextPageToken } = toListPage(
    catalog.listProjects().filter((each) => !isPublicProject(each)),
    match.query,
    'projects',
  );
  const projects = items.map(toProject);
  return toAnswer({ kind: 'bigquery#projectList', etag: toEtag(projects), ...nextPageToken, projects, totalItems: projects.length });
}

const toProject = (projectId: string) => ({
  kind: 'bigquery#project',
  id: projectId,
  numericId: toProjectNumber(projectId),
  projectReference: { projectId },
  friendlyName: projectId,
});

export const getServiceAccount = (call: RestCall): Answer =>
  toAnswer({
    kind: 'bigquery#getServiceAccountResponse',
    email: `bq-${toProjectNumber(pathParam(call, 'projectId'))}@bigquery-encryption.iam.gserviceaccount.com`,
  });

/** Google's own: everybody may read them, nobody's list has them. */
export const isPublicProject = (projectId: string): boolean => projectId === 'bigquery-public-data' || projectId === 'publicdata';

/** Twelve digits that stay the same for a project. */
const toProjectNumber = (projectId: string): string => {
  let number = 7n;
  for (const byte of Buffer.from(projectId)) number = (number * 131n + BigInt(byte)) % 900_000_000_000n;
  return (number + 100_000_000_000n).toString();
};
