import type { QueryOutcome } from '../engine.ts';
import type { TableReference } from '../resource.ts';
import type { AnalysisCatalog } from './analysis-catalog.ts';
import { toBilledBytes } from './measure-bytes.ts';

/** What a statement adds to the facts every outcome has. */
export type OutcomeFacts = Partial<
  Omit<QueryOutcome, 'statementType' | 'sql' | 'startTime' | 'endTime' | 'totalBytesProcessed' | 'totalBytesBilled'>
> & {
  readonly bytes?: bigint;
};

export type StatementFrame = { readonly statementType: string; readonly sql: string; readonly startTime: number };

export function toOutcome(frame: StatementFrame, { bytes = 0n, ...facts }: OutcomeFacts): QueryOutcome {
  return {
    ...frame,
    endTime: Date.now(),
    totalBytesProcessed: String(bytes),
    totalBytesBilled: String(toBilledBytes(bytes)),
    referencedTables: [],
    referencedRoutines: [],
    children: [],
    cacheHit: false,
    ...facts,
  };
}

/** Base tables only: a view stands for the tables beneath it. Hidden tables are temporary ones, and are said as BigQuery says them. */
export function toReferences(catalog: AnalysisCatalog): Pick<QueryOutcome, 'referencedTables' | 'referencedRoutines'> {
  const tables = new Map<string, TableReference>();
  for (const members of catalog.stored.values()) for (const { resource } of members) tables.set(resource.id, resource.tableReference);
  const routines = [...catalog.routines].filter(({ routineReference }) => !routineReference.datasetId.startsWith('_'));
  return { referencedTables: [...tables.values()], referencedRoutines: routines.map(({ routineReference }) => routineReference) };
}
