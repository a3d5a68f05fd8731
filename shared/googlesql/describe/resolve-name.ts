import type { PathExpression } from '../syntax/ast.ts';
import type { TableName } from './facts.ts';

/** What completes a name: undefined parts stay open. */
export type NameDefaults = {
  readonly projectId: string | undefined;
  readonly dataset: { projectId: string | undefined; datasetId: string } | undefined;
};

type ObjectName = { readonly projectId?: string; readonly datasetId?: string; readonly objectId: string };

/** The parts of a path. Names in backticks are split at their dots, but for a project with a domain: `example.com:project`. */
export function splitPath(path: PathExpression): string[] {
  const parts = path.names.flatMap(({ name, isQuoted }) => (isQuoted ? name.split('.') : [name]));
  const domain = parts.findIndex((part) => part.includes(':'));
  return domain > 0 ? [parts.slice(0, domain + 1).join('.'), ...parts.slice(domain + 1)] : parts;
}

/** A table, view or model by its path. */
export function toTableName(path: PathExpression, text: string, defaults: NameDefaults): TableName {
  const { objectId, ...where } = toObjectName(splitPath(path), defaults);
  const span = path.span;
  return { ...where, tableId: objectId, isWildcard: objectId.includes('*'), text: text.slice(span.start, span.end), span };
}

export function toObjectName(parts: readonly string[], defaults: NameDefaults): ObjectName {
  const schema = parts.findIndex((part) => part.toUpperCase() === 'INFORMATION_SCHEMA');
  if (schema > 0) return toInformationSchema(parts, schema, defaults);
  const objectId = parts.at(-1) ?? '';
  const datasetId = parts.length > 3 ? parts.slice(1, -1).join('.') : parts.at(-2);
  const projectId = parts.length > 2 ? parts[0] : undefined;
  if (datasetId !== undefined) return named(projectId ?? defaults.projectId, datasetId, objectId);
  return named(defaults.dataset?.projectId ?? defaults.projectId, defaults.dataset?.datasetId, objectId);
}

/** `p.d.INFORMATION_SCHEMA.TABLES`, `region-us.INFORMATION_SCHEMA.JOBS`: the view belongs to the dataset or region before it. */
function toInformationSchema(parts: readonly string[], schema: number, defaults: NameDefaults): ObjectName {
  const projectId = schema > 1 ? parts[0] : defaults.projectId;
  return named(projectId, parts[schema - 1], parts.slice(schema).join('.'));
}

/** A dataset by its path: `p.d` or `d`. */
export function toDatasetName(parts: readonly string[], defaults: NameDefaults): { projectId?: string; datasetId?: string } {
  const { projectId, datasetId } = named(
    parts.length > 1 ? parts[0] : defaults.projectId,
    parts.slice(parts.length > 1 ? 1 : 0).join('.'),
    '',
  );
  return { ...(projectId === undefined ? {} : { projectId }), ...(datasetId === undefined ? {} : { datasetId }) };
}

const named = (projectId: string | undefined, datasetId: string | undefined, objectId: string): ObjectName => ({
  ...(projectId === undefined ? {} : { projectId }),
  ...(datasetId === undefined ? {} : { datasetId }),
  objectId,
});
