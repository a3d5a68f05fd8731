// docs/surface.md, made from the table.
import type { ApiMethod, Cargo } from './api-method.ts';
import { commonParameters, surface } from './surface.ts';

const head = `# The surface

Every method of BigQuery v2, what policy is asked before it runs, and what of it is recorded. Made from the table that routes and judges
requests (\`shared/bigquery/surface.ts\`): \`npx vitest run shared/bigquery/surface-page.test.ts -u\` writes it anew.

- **Policy**: the actions that a rule must permit. *by its SQL*: what the statement or the job would read, write and call, each by itself
  (see \`gateway/policy/schema.cedarschema\`). *its owner*: no rule is asked; jobs belong to who made them, and others see none.
- **Recorded**: every exchange is, with its headers, times, decision and outcome. The columns name what the bodies hold; both are kept as they passed.
- Paths follow \`/bigquery/v2/\`. A client may also leave that out, or put \`/s/NAME\` before it: then the session has that name.
`;

const tail = `## Beside the methods

| request | answer |
|---|---|
| \`GET /$discovery/rest?version=v2\` (also \`/discovery/v1/apis/bigquery/v2/rest\`) | the discovery document of the methods on offer, its roots at this gateway; no exchange |
| \`POST /upload/bigquery/v2/…\`, \`/resumable/upload/…\` | \`jobs.insert\` with its data: multipart, or resumable in chunks (by \`Content-Range\`, or by \`X-Goog-Upload-Command\`); every byte is recorded |
| \`POST /v1/token\`, \`/v1/oauthtoken\`, \`/v1/introspect\`, \`/v1/revoke\` | the gateway's own tokens (RFC 8693, 6749, 7662, 7009); no exchange |
| \`GET /.well-known/jwks.json\` | the keys that those tokens are signed with (RFC 7517) |
| \`POST /batch/bigquery/v2\` | 501 \`notImplemented\`: several requests in one body could not be judged and answered one by one |
| \`google.cloud.bigquery.storage.v1.BigQueryRead\` (gRPC) | \`PERMISSION_DENIED\`, recorded |
| all else | 501 \`notImplemented\`, recorded; the wrong HTTP method 405 |

The parameters ${commonParameters.map(({ name }) => `\`${name}\``).join(', ')} are known to every method. Credentials in the address (\`access_token\`, \`oauth_token\`, \`key\`), \`callback\`
and any \`alt\` but \`json\` are refused; a parameter that is not known is not forwarded. \`X-HTTP-Method-Override\` turns POST into PATCH or GET, nothing else.
`;

export function toSurfacePage(): string {
  const byResource = Object.entries(Object.groupBy(surface, ({ id }) => id.split('.')[1]!));
  const sections = byResource.map(([resource, methods]) => `## ${resource}\n\n${toTable(methods!)}`);
  return [head, ...sections, tail].join('\n');
}

const toTable = (methods: readonly ApiMethod[]): string =>
  `| method | request | policy | request holds | answer holds |\n|---|---|---|---|---|\n${methods.map(toRow).join('\n')}\n`;

function toRow(method: ApiMethod): string {
  const { id, httpMethod, path, query, carries, notOffered } = method;
  const parameters = query.length === 0 ? '' : `<br>${query.map(({ name }) => `\`${name}\``).join(' ')}`;
  const policy = notOffered === undefined ? toPolicy(method) : `**not offered**: ${notOffered}`;
  return `| ${id.split('.')[2]} | \`${httpMethod} ${path}\`${parameters} | ${policy} | ${toHolds(carries.request)}${bodies[method.body]} | ${toHolds(carries.response)} |`;
}

const toPolicy = ({ actions }: ApiMethod): string =>
  actions.length === 0 ? 'its owner' : actions.map((each) => (each === 'byBody' ? 'by its SQL' : `\`${each}\``)).join(', ');

const bodies = { none: '', json: '', upload: ', or a file to load' } as const;

const holds: Readonly<Record<Cargo, string>> = {
  nothing: '–',
  resource: 'the resource',
  list: 'a list, less what may not be seen',
  statement: 'SQL, or the configuration of a job',
  rows: 'rows',
  job: 'the job',
  policy: 'an IAM policy',
};
const toHolds = (cargo: Cargo): string => holds[cargo];
