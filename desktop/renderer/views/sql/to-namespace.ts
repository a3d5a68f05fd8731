import type { SQLNamespace } from '@codemirror/lang-sql';
import type { z } from 'zod/mini';
import type { SqlRelation } from '../../../../shared/contract/result.ts';

type Relation = z.infer<typeof SqlRelation>;

/** What the editor completes: tables with their comments, columns with their types. */
export function toNamespace(relations: readonly Relation[]): SQLNamespace {
  const entries = relations.map(({ name, kind, comment, columns }) => [
    name,
    {
      self: { label: name, type: 'type', detail: kind, ...(comment === undefined ? {} : { info: comment }) },
      children: columns.map((column) => ({
        label: column.name,
        type: 'property',
        detail: column.type,
        ...(column.comment === undefined ? {} : { info: column.comment }),
      })),
    },
  ]);
  return Object.fromEntries(entries);
}
