import type { Argument, ConnectionArgument, Expression, OptionList } from '../syntax/ast.ts';
import type { Collector } from './collector.ts';

/** `uris`, `hive_partition_uri_prefix`, `main_file_uri`, `jar_uris`, `library`, `endpoint`, `model_path`, … */
const LOCATION = /uri|url|path|endpoint|^library$|^external_source$/;
const CONNECTIONS: ReadonlySet<string> = new Set(['connection_id', 'connection_name', 'connection']);
/** What hides a column from some people. */
const COLUMN_POLICIES: ReadonlySet<string> = new Set(['data_policies', 'policy_tags']);

/** Locations, connections and column policies among the options. */
export function collectOptions(collector: Collector, options: OptionList | undefined): void {
  for (const { name, value } of options?.entries ?? []) {
    const key = name.name.toLowerCase();
    if (LOCATION.test(key)) collectLocations(collector, value);
    else if (CONNECTIONS.has(key)) collector.addConnection(value.kind === 'StringLiteral' ? value.value : '?');
    else collectUrls(collector, value);
    if (COLUMN_POLICIES.has(key)) collector.draft.touches.dcl = true;
  }
}

/** One location or an array of them; one that is computed leaves its mark. */
export function collectLocations(collector: Collector, value: Argument): void {
  if (value.kind === 'StringLiteral') collector.draft.touches.uris.push(value.value);
  else if (value.kind === 'ArrayConstructor') for (const element of value.elements) collectLocations(collector, element);
  else collector.draft.touches.dynamicUri = true;
}

/** Whatever looks like a URL under a name we do not know. */
function collectUrls(collector: Collector, value: Expression): void {
  if (value.kind === 'StringLiteral' && /^[a-z][a-z0-9+.-]*:\/\//i.test(value.value)) collector.draft.touches.uris.push(value.value);
  if (value.kind === 'ArrayConstructor') for (const element of value.elements) collectUrls(collector, element);
}

export function collectConnection(collector: Collector, clause: ConnectionArgument | undefined): void {
  if (clause) collector.addConnection(clause.connection?.names.map(({ name }) => name).join('.') ?? 'DEFAULT');
}
