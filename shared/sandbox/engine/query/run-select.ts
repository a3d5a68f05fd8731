import type { Query } from '../../../googlesql/syntax/ast-query.ts';
import type { QueryStatement } from '../../../googlesql/syntax/ast-statement.ts';
import { fieldsOf, type PlacedTable } from '../catalog/stored-table.ts';
import { toDuckTable } from '../duck/duck-name.ts';
import { quoteName } from '../duck/quote.ts';
import type { QueryRequest } from '../engine.ts';
import { createInvalidQuery } from '../failure.ts';
import { writeTable } from '../rows/write-table.ts';
import { checkBilledBytes, measureBytes } from './measure-bytes.ts';
import { type OutcomeFacts, toReferences } from './outcome.ts';
import { schemaOf, writeResult } from './result-table.ts';
import type { Analyzed, StatementContext } from './statement-context.ts';

/** A query: its rows go to an anonymous table, or to the request's destination where the request is this one statement. */
export async function runSelect(
  context: StatementContext,
  statement: QueryStatement | Query,
  isWholeRequest: boolean,
): Promise<OutcomeFacts> {
  const { world, session, request, signal } = context;
  const analyzed = context.analyze(statement);
  const bytes = await measureBytes(world.core, analyzed, session.connection);
  const text = context.slice(statement);
  const mayCache = !(isWholeRequest && request.destination) && session.transactionId === undefined;
  const cached = mayCache ? world.results.find(world.core, analyzed, request, text) : undefined;
  if (cached) return cached;
  checkBilledBytes(bytes, request.maximumBytesBilled);
  const keep = mayCache ? world.results.prepare(world.core, analyzed, request, text) : undefined;
  const { onDestination: _, ...part } = request;
  const answerTo = isWholeRequest ? request : part;
  const { table, rows } = await world.javascript.settle(
    session.connection,
    analyzed.catalog.routines,
    { text: analyzed.duck.sql, ...(signal && { signal }) },
    () =>
      isWholeRequest && request.destination
        ? writeDestination(context, analyzed, request)
        : writeResult(world.core, session.connection, analyzed.duck, answerTo, signal, world.options.resultLifetimeMs),
  );
  keep?.(table.resource.tableReference, String(rows));
  return {
    bytes,
    schema: { fields: fieldsOf(table) },
    destinationTable: table.resource.tableReference,
    totalRows: String(rows),
    ...toReferences(analyzed.catalog),
  };
}

async function writeDestination(
  context: StatementContext,
  { duck }: Analyzed,
  request: QueryRequest,
): Promise<{ table: PlacedTable; rows: bigint }> {
  const { world, signal } = context;
  const { destination, writeDisposition = 'WRITE_EMPTY', createDisposition, schemaUpdateOptions, timePartitioning, clustering } = request;
  checkUnique(duck.columns.map(({ name }) => name));
  const shape = { ...(timePartitioning && { timePartitioning }), ...(clustering && { clustering }) };
  const write = {
    destination: destination!,
    writeDisposition,
    schema: { fields: schemaOf(duck) },
    ...(createDisposition && { createDisposition }),
    ...(schemaUpdateOptions && { schemaUpdateOptions }),
    ...(Object.keys(shape).length > 0 && { shape }),
  };
  return writeTable(
    world.core,
    write,
    async (connection, table) => {
      const columns = duck.columns.map(({ name }) => quoteName(name)).join(', ');
      const [row] = await connection.rows(`INSERT INTO ${toDuckTable(table.place)} (${columns}) ${duck.sql}`, signal);
      return row![0] as bigint;
    },
    context.session.connection,
  );
}

function checkUnique(names: readonly string[]): void {
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name.toLowerCase()))
      throw createInvalidQuery(`Duplicate column names in the result are not supported. Found duplicate(s): ${name}`);
    seen.add(name.toLowerCase());
  }
}
