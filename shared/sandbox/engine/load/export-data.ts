import type { ExportDataStatement } from '../../../googlesql/syntax/ast-statement.ts';
import type { CatalogCore } from '../catalog/catalog-core.ts';
import { type OptionValues, optionValues } from '../ddl/option-values.ts';
import type { ExtractRequest } from '../engine.ts';
import { createInvalidQuery } from '../failure.ts';
import type { OutcomeFacts } from '../query/outcome.ts';
import { runSelect } from '../query/run-select.ts';
import type { StatementContext } from '../query/statement-context.ts';
import { parseFormat } from './external-config.ts';
import { extractTable } from './extract-table.ts';
import { objectsOf } from './object-sources.ts';
import { toShardUri } from './shard-uri.ts';

const known = new Set(['uri', 'format', 'compression', 'header', 'field_delimiter', 'overwrite', 'use_avro_logical_types']);

/** EXPORT DATA: the query's result table, extracted. */
export async function exportData(context: StatementContext, statement: ExportDataStatement): Promise<OutcomeFacts> {
  if (statement.connection) throw createInvalidQuery('EXPORT DATA with CONNECTION is not supported by the sandbox');
  const options = statement.options ? await optionValues(context, statement.options) : {};
  const { core } = context.world;
  const { uri, request } = toRequest(options);
  if (options['overwrite'] !== true) checkEmpty(core, uri);
  const { bytes, destinationTable, totalRows, referencedTables, referencedRoutines } = await runSelect(context, statement.query, false);
  const outputPath = objectsOf(core).createPath();
  await extractTable(core, { ...request, source: destinationTable!, outputPath, ...(context.signal && { signal: context.signal }) });
  await objectsOf(core).put(toShardUri(uri, 0), outputPath);
  return {
    bytes: bytes ?? 0n,
    referencedTables: referencedTables ?? [],
    referencedRoutines: referencedRoutines ?? [],
    exportDataStatistics: { fileCount: '1', rowCount: totalRows ?? '0' },
  };
}

function toRequest(options: OptionValues): { readonly uri: string; readonly request: Omit<ExtractRequest, 'source' | 'outputPath'> } {
  const unknown = Object.keys(options).find((name) => !known.has(name));
  if (unknown !== undefined) throw createInvalidQuery(`Unknown option: ${unknown}`);
  const { uri, format, compression, header, field_delimiter: fieldDelimiter, use_avro_logical_types: useAvroLogicalTypes } = options;
  if (typeof uri !== 'string') throw createInvalidQuery('Option uri is required');
  if (typeof format !== 'string') throw createInvalidQuery('Option format is required');
  if (uri.split('*').length !== 2)
    throw createInvalidQuery(`Invalid value '${uri}' for option uri: it must contain exactly one wildcard (*)`);
  const request = {
    format: parseFormat(format) as NonNullable<ExtractRequest['format']>,
    ...(typeof compression === 'string' && { compression: compression.toUpperCase() as NonNullable<ExtractRequest['compression']> }),
    // Unlike an extract job, EXPORT DATA writes no header unless told.
    printHeader: header === true,
    ...(typeof fieldDelimiter === 'string' && { fieldDelimiter }),
    ...(typeof useAvroLogicalTypes === 'boolean' && { useAvroLogicalTypes }),
  };
  return { uri, request };
}

function checkEmpty(core: CatalogCore, uri: string): void {
  try {
    objectsOf(core).resolve(uri);
  } catch (error) {
    if ((error as { reason?: string }).reason === 'notFound') return;
    throw error;
  }
  throw createInvalidQuery(`The destination ${uri} is not empty. Set overwrite=true or export to another prefix.`);
}
