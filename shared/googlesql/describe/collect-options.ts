import type { ConnectionArgument, Expression, OptionList } from '../syntax/ast.ts';
import type { Collector } from './collector.ts';

const LOCATIONS: ReadonlySet<string> = new Set([
  'uri',
  'uris',
  'library',
  'endpoint',
  'model_path',
  'reference_file_schema_uri',
  'storage_uri',
]);
const CONNECTIONS: ReadonlySet<string> = new Set(['connection_id', 'connection_name', 'connection']);

/** Locations and connections among the options. */
export function collectOptions(collector: Collector, options: OptionList | undefined): void {
  for (const { name, value } of options?.entries ?? []) {
    const key = name.name.toLowerCase();
    if (LOCATIONS.has(key)) collectLocations(collector, value);
    else if (CONNECTIONS.has(key)) collector.addConnection(value.kind === 'StringLiteral' ? value.value : '?');
    else collectUrls(collector, value);
  }
}

function collectLocations(collector: Collector, value: Expression): void {
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
