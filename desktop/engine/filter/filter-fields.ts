// The fields of the filter language: one row each. Texts match without regard to case; `*` stands for anything.
type FilterFieldKind =
  /** Contains the text, or matches the whole when it has a `*`. */
  | 'text'
  /** One of a few words, or a pattern. */
  | 'word'
  | 'number'
  | 'bytes'
  | 'duration'
  | 'time'
  | 'yesno'
  /** Any element of the list matches. */
  | 'list'
  /** In a table of its own. */
  | 'sql'
  | 'session';

export type FilterField = {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly kind: FilterFieldKind;
  /** Expression over the view `exchange`. */
  readonly expression: string;
  readonly detail: string;
  /** Words to suggest. */
  readonly words?: readonly string[];
};

const outcomeWords = ['answered', 'refused', 'upstream-error', 'transport-failed', 'aborted', 'reconciled', 'unfinished'];

export const filterFields: readonly FilterField[] = [
  { name: 'who', aliases: ['principal', 'by'], kind: 'text', expression: 'who', detail: 'e-mail, name or subject' },
  { name: 'kind', aliases: [], kind: 'word', expression: 'principal_kind', detail: 'agent or person', words: ['agent', 'person'] },
  { name: 'tool', aliases: ['agent'], kind: 'text', expression: 'tool', detail: 'user agent of the client' },
  { name: 'tables', aliases: ['table'], kind: 'list', expression: 'tables', detail: 'project.dataset.table, with *' },
  {
    name: 'outcome',
    aliases: ['is'],
    kind: 'word',
    expression: 'outcome',
    detail: 'how it ended',
    words: ['denied', 'failed', ...outcomeWords],
  },
  {
    name: 'decision',
    aliases: ['effect'],
    kind: 'word',
    expression: 'effect',
    detail: 'what policy said',
    words: ['allow', 'deny', 'ask', 'error'],
  },
  { name: 'rule', aliases: ['rules'], kind: 'list', expression: 'rules', detail: 'a policy rule that decided' },
  {
    name: 'method',
    aliases: [],
    kind: 'word',
    expression: `replace(method_id, 'bigquery.', '')`,
    detail: 'BigQuery method, such as jobs.query',
  },
  {
    name: 'type',
    aliases: ['statement'],
    kind: 'word',
    expression: 'statement_type',
    detail: 'statement type, such as SELECT',
    words: ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'MERGE', 'CREATE_TABLE', 'CREATE_TABLE_AS_SELECT', 'DROP_TABLE', 'SCRIPT'],
  },
  { name: 'text', aliases: ['sql'], kind: 'sql', expression: '', detail: 'words in the SQL' },
  { name: 'bytes', aliases: ['processed'], kind: 'bytes', expression: 'total_bytes_processed', detail: 'bytes processed: bytes>1GB' },
  { name: 'delivered', aliases: [], kind: 'bytes', expression: 'bytes_to_client', detail: 'bytes that the client got' },
  { name: 'rows', aliases: [], kind: 'number', expression: 'total_rows', detail: 'rows of the result: rows>1000' },
  { name: 'duration', aliases: ['took'], kind: 'duration', expression: 'duration_ms', detail: 'duration>2s' },
  { name: 'at', aliases: ['time'], kind: 'time', expression: 'started_at', detail: 'UTC: at>=2026-03-02T09:00' },
  { name: 'status', aliases: [], kind: 'number', expression: 'status', detail: 'HTTP status' },
  { name: 'error', aliases: [], kind: 'word', expression: 'error_reason', detail: "BigQuery's reason, such as invalidQuery" },
  { name: 'project', aliases: [], kind: 'text', expression: 'project_id', detail: 'project that the request named' },
  { name: 'connection', aliases: [], kind: 'text', expression: 'connection', detail: 'connection of the gateway' },
  { name: 'job', aliases: [], kind: 'text', expression: 'job_id', detail: 'job id' },
  { name: 'client', aliases: ['address'], kind: 'text', expression: 'client_address', detail: 'address of the client' },
  { name: 'door', aliases: [], kind: 'word', expression: 'door', detail: 'listener; gateway: asked by the gateway itself' },
  { name: 'session', aliases: [], kind: 'session', expression: '', detail: 'name or id of the session' },
  { name: 'number', aliases: ['exchange'], kind: 'number', expression: 'number', detail: 'place in the case' },
  { name: 'id', aliases: [], kind: 'text', expression: 'exchange_id', detail: 'id of the exchange' },
  { name: 'dry', aliases: ['dryrun'], kind: 'yesno', expression: 'dry_run', detail: 'dry runs', words: ['yes', 'no'] },
  {
    name: 'cached',
    aliases: ['cachehit'],
    kind: 'yesno',
    expression: 'cache_hit',
    detail: 'answered from the cache',
    words: ['yes', 'no'],
  },
  { name: 'result', aliases: [], kind: 'yesno', expression: 'has_result', detail: 'whose answer may hold rows', words: ['yes', 'no'] },
];

export const findFilterField = (name: string): FilterField | undefined =>
  filterFields.find((field) => field.name === name.toLowerCase() || field.aliases.includes(name.toLowerCase()));
