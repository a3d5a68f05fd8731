import type { Row } from '../../bigquery/cell.ts';
import { applyFieldMask, type FieldMask, maskOf } from '../../bigquery/partial-response.ts';
import type { Answer, RowPage } from './answer.ts';

/** The JSON of an answer without rows; undefined for an empty body. */
export function serializeBody({ body }: Answer, mask: FieldMask): string | undefined {
  return body === undefined ? undefined : JSON.stringify(applyFieldMask(body, mask));
}

/** The JSON of a page, chunk by chunk: head, rows, and the tail that is known only when the rows are through. Memory: one batch of rows. */
export async function* serializePage(head: object, page: RowPage, mask: FieldMask): AsyncGenerator<string> {
  const headText = JSON.stringify(applyFieldMask(head, mask));
  yield headText.slice(0, -1);
  const rowMask = maskOf(mask, 'rows');
  let hasMember = headText !== '{}';
  let rowCount = 0;
  for await (const batch of page.rows) {
    if (batch.length === 0 || rowMask === undefined) continue;
    yield `${rowCount > 0 ? ',' : `${hasMember ? ',' : ''}"rows":[`}${serializeRows(batch, rowMask)}`;
    rowCount += batch.length;
  }
  if (rowCount > 0) yield ']';
  hasMember ||= rowCount > 0;
  const tail = JSON.stringify(applyFieldMask(page.toTail(), mask));
  yield tail === '{}' ? '}' : `${hasMember ? ',' : ''}${tail.slice(1)}`;
}

const serializeRows = (rows: readonly Row[], mask: FieldMask): string => JSON.stringify(applyFieldMask(rows, mask)).slice(1, -1);
