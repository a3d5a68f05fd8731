import type { LoadDataStatement } from '../../../googlesql/syntax/ast-statement.ts';
import { toFieldOfNode } from '../ddl/column-schema.ts';
import { checkNoTransaction, toTargetInDataset } from '../ddl/ddl-target.ts';
import { optionValues, toResourceOptions } from '../ddl/option-values.ts';
import { toPartitioning } from '../ddl/partitioning.ts';
import type { LoadRequest, LoadSource } from '../engine.ts';
import { createInvalidQuery } from '../failure.ts';
import type { OutcomeFacts } from '../query/outcome.ts';
import type { StatementContext } from '../query/statement-context.ts';
import { toExternalConfig, toLoadOptions } from './external-config.ts';
import { loadTable } from './load-table.ts';
import { openObjects } from './object-sources.ts';

/** LOAD DATA [OVERWRITE | INTO] … FROM FILES: a load job that is a statement. */
export async function loadData(context: StatementContext, statement: LoadDataStatement): Promise<OutcomeFacts> {
  refuse(statement);
  checkNoTransaction(context, 'LOAD DATA');
  const { core } = context.world;
  const request = await toRequest(context, statement);
  const destination = await toTargetInDataset(context, statement.target);
  const { warnings: _, ...loadQueryStatistics } = await loadTable(core, { ...request, destination });
  return { loadQueryStatistics, ddlTargetTable: destination };
}

function refuse({ isTemp, isOverwritePartitions, partitions, partitionColumns, connection }: LoadDataStatement): void {
  const refused = [
    isTemp && 'LOAD DATA INTO TEMP TABLE',
    (isOverwritePartitions || partitions.length > 0) && 'LOAD DATA with PARTITIONS',
    partitionColumns && 'LOAD DATA with PARTITION COLUMNS',
    connection && 'LOAD DATA with CONNECTION',
  ].find(Boolean);
  if (refused) throw createInvalidQuery(`${refused} is not supported by the sandbox`);
}

async function toRequest(context: StatementContext, statement: LoadDataStatement): Promise<Omit<LoadRequest, 'destination'>> {
  const config = toExternalConfig(await optionValues(context, statement.files));
  const options = statement.options ? toResourceOptions(await optionValues(context, statement.options)) : {};
  const fields = statement.columns.map(({ name, type, isNotNull }) => ({
    ...toFieldOfNode(context, name!.name, type),
    ...(isNotNull && { mode: 'REQUIRED' }),
  }));
  const sources: readonly LoadSource[] = openObjects(context.world.core, config.sourceUris!);
  return {
    ...toLoadOptions({ ...config, ...(fields.length > 0 && { schema: { fields } }) }),
    ...options,
    ...toPartitioning(context, statement.partitionBy, statement.clusterBy),
    sources,
    writeDisposition: statement.isOverwrite ? 'WRITE_TRUNCATE' : 'WRITE_APPEND',
    ...(context.signal && { signal: context.signal }),
  };
}
