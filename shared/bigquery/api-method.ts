export type HttpMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** The words of the policy (Cedar actions). `byBody`: only the statement or the job configuration in the body can say. */
export type MethodAction = 'read' | 'write' | 'createOrReplace' | 'drop' | 'export' | 'load' | 'call' | 'admin' | 'byBody';

export type ParameterType = 'string' | 'integer' | 'int64' | 'boolean';

export type QueryParameter = { readonly name: string; readonly type: ParameterType; readonly repeated?: true };

/** What a message holds, which decides how it is recorded, masked and shown. `job`: a job resource, whose configuration may hold SQL. */
export type Cargo = 'nothing' | 'resource' | 'list' | 'statement' | 'rows' | 'job' | 'policy';

export type ResourceKind = 'project' | 'dataset' | 'table' | 'routine' | 'model' | 'rowAccessPolicy' | 'job';

export type ApiMethod = {
  /** The discovery document's id, such as `bigquery.jobs.query`. */
  readonly id: MethodId;
  readonly httpMethod: HttpMethod;
  /** Relative to `/bigquery/v2/`; `{name}` is one path segment, or the part of it before a `:verb`. */
  readonly path: string;
  readonly query: readonly QueryParameter[];
  /** `upload`: JSON alone, or JSON with media (multipart, resumable, simple). */
  readonly body: 'none' | 'json' | 'upload';
  /** The discovery document's names of the request and response shapes. */
  readonly request?: string;
  readonly response?: string;
  /** The `kind` of a successful answer; undefined where Google's answer has none. */
  readonly kind?: string;
  readonly resource: ResourceKind;
  /** Empty: the right to it follows from the ownership of the job alone. */
  readonly actions: readonly MethodAction[];
  readonly carries: { readonly request: Cargo; readonly response: Cargo };
  /** Why the gateway does not offer it, as a client is told: such a method is answered 501 `notImplemented`, and recorded. */
  readonly notOffered?: string;
};

export type MethodId =
  | `bigquery.datasets.${'delete' | 'get' | 'insert' | 'list' | 'patch' | 'undelete' | 'update'}`
  | `bigquery.jobs.${'cancel' | 'delete' | 'get' | 'getQueryResults' | 'insert' | 'list' | 'query'}`
  | `bigquery.models.${'delete' | 'get' | 'list' | 'patch'}`
  | `bigquery.projects.${'getServiceAccount' | 'list'}`
  | `bigquery.routines.${'delete' | 'get' | 'insert' | 'list' | 'update' | IamVerb | 'testIamPermissions'}`
  | `bigquery.rowAccessPolicies.${'batchDelete' | 'delete' | 'get' | 'insert' | 'list' | 'update' | 'getIamPolicy' | 'testIamPermissions'}`
  | `bigquery.tabledata.${'insertAll' | 'list'}`
  | `bigquery.tables.${'delete' | 'get' | 'insert' | 'list' | 'patch' | 'update' | IamVerb | 'testIamPermissions'}`;

type IamVerb = 'getIamPolicy' | 'setIamPolicy';
