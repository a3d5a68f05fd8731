import { CornerDownLeft, Eye, Rows3, Table2 } from 'lucide-react';
import { useState } from 'react';
import type { z } from 'zod/mini';
import type { SqlRelation } from '../../../../shared/contract/result.ts';
import { IconButton } from '../../widgets/button.tsx';
import { EvidenceText } from '../../widgets/evidence-text.tsx';
import { Skeleton } from '../../widgets/skeleton.tsx';

type Relation = z.infer<typeof SqlRelation>;

const ICONS = { table: Table2, view: Eye, result: Rows3 } as const;
const HEADINGS = { table: 'Tables', view: 'Views', result: 'Recorded results' } as const;

type Props = { readonly relations: readonly Relation[] | undefined; readonly onInsert: (text: string) => void };

/** What can be asked for: every relation with its documented columns. */
export function RelationList({ relations, onInsert }: Props) {
  const [wanted, setWanted] = useState('');
  const shown = relations?.filter((relation) => matches(relation, wanted.toLowerCase()));
  return (
    <aside aria-label="Tables" data-print="hide" className="border-line flex w-72 shrink-0 flex-col border-l">
      <input
        aria-label="Find a table or column"
        placeholder="Find a table or column"
        value={wanted}
        onChange={(event) => setWanted(event.target.value)}
        className="border-line h-9 border-b bg-transparent px-3 -outline-offset-2"
      />
      <div className="min-h-0 flex-1 overflow-auto py-1">
        {shown === undefined ? <Skeleton lines={6} className="p-3" /> : null}
        {(['table', 'view', 'result'] as const).map((kind) => (
          <Group
            key={kind}
            kind={kind}
            relations={shown?.filter((each) => each.kind === kind) ?? []}
            onInsert={onInsert}
            open={wanted !== ''}
          />
        ))}
      </div>
    </aside>
  );
}

const matches = (relation: Relation, wanted: string): boolean =>
  relation.name.toLowerCase().includes(wanted) || relation.columns.some((column) => column.name.toLowerCase().includes(wanted));

type GroupProps = {
  readonly kind: Relation['kind'];
  readonly relations: readonly Relation[];
  readonly onInsert: (text: string) => void;
  readonly open: boolean;
};

function Group({ kind, relations, onInsert, open }: GroupProps) {
  const Icon = ICONS[kind];
  if (relations.length === 0) return null;
  return (
    <section aria-label={HEADINGS[kind]}>
      <h2 className="text-muted px-3 pt-2 pb-0.5 text-2xs font-semibold">{HEADINGS[kind]}</h2>
      {relations.map((relation) => (
        <div key={relation.name} className="group/relation relative px-1.5">
          <details {...(open ? { open: true } : {})}>
            <summary className="hover:bg-hover flex h-7 list-none items-center gap-2 rounded px-1.5 [&::-webkit-details-marker]:hidden">
              <Icon size={13} aria-hidden className="text-muted shrink-0" />
              <EvidenceText text={relation.name} className="min-w-0 flex-1 truncate font-mono text-xs" />
            </summary>
            {relation.comment === undefined ? null : <p className="text-muted px-2 pb-1 text-2xs">{relation.comment}</p>}
            <ul className="border-line mb-1 ml-3 border-l">
              {relation.columns.map((column) => (
                <ColumnLine key={column.name} column={column} onInsert={onInsert} />
              ))}
            </ul>
          </details>
          <IconButton
            icon={CornerDownLeft}
            label={`Insert ${relation.name}`}
            className="absolute top-1 right-2.5 size-5 opacity-0 group-hover/relation:opacity-100 focus-visible:opacity-100"
            onClick={() => onInsert(relation.name)}
          />
        </div>
      ))}
    </section>
  );
}

type ColumnProps = { readonly column: Relation['columns'][number]; readonly onInsert: (text: string) => void };

const ColumnLine = ({ column, onInsert }: ColumnProps) => (
  <li>
    <button
      type="button"
      title={column.comment}
      onClick={() => onInsert(toIdentifier(column.name))}
      className="hover:bg-hover flex w-full items-baseline gap-2 rounded px-2 text-left text-xs"
    >
      <EvidenceText text={column.name} className="min-w-0 flex-1 truncate font-mono" />
      <span className="text-faint max-w-28 shrink-0 truncate font-mono text-2xs">{column.type}</span>
    </button>
  </li>
);

/** Quoted where a plain word would not do. */
const toIdentifier = (name: string): string => (/^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`);
