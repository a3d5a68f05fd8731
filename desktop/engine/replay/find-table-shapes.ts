import type { TableFieldSchema } from '../../../shared/bigquery/schema.ts';
import type { CaseBundle } from '../case-bundle.ts';
import { readTextBody } from '../result/read-text-body.ts';
import type { ReviewCase } from '../review-case.ts';

export type TableShape = {
  readonly projectId: string;
  readonly datasetId: string;
  readonly tableId: string;
  readonly fields: readonly TableFieldSchema[];
};

/** Columns of tables that the session asked about: enough to judge a statement that was wrong, or was only estimated. */
export async function findTableShapes(review: ReviewCase, source: CaseBundle): Promise<Map<string, TableShape>> {
  const rows = await review.database.all(
    `SELECT exchange_id FROM exchange WHERE bundle_id = $1 AND method_id = 'bigquery.tables.get' AND status = 200 AND effect = 'allow' ORDER BY number`,
    [source.bundleId],
  );
  const shapes = new Map<string, TableShape>();
  for (const row of rows) {
    const text = await readTextBody(review.database, source, String(row['exchange_id']), 'response').catch(() => undefined);
    const shape = text === undefined ? undefined : parseShape(text);
    if (shape !== undefined) shapes.set(`${shape.projectId}.${shape.datasetId}.${shape.tableId}`, shape);
  }
  return shapes;
}

function parseShape(text: string): TableShape | undefined {
  try {
    const { type, schema, tableReference } = JSON.parse(text) as {
      type?: string;
      schema?: { fields?: readonly TableFieldSchema[] };
      tableReference?: Omit<TableShape, 'fields'>;
    };
    if ((type !== undefined && type !== 'TABLE') || schema?.fields === undefined || tableReference === undefined) return undefined;
    const { projectId, datasetId, tableId } = tableReference;
    return { projectId, datasetId, tableId, fields: schema.fields };
  } catch {
    return undefined;
  }
}
