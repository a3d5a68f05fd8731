import type { DiffPart } from '../../../../shared/contract/diff.ts';
import { EvidenceText } from '../../widgets/evidence-text.tsx';

const LOOKS: Record<DiffPart['kind'], string> = {
  same: '',
  added: 'bg-added-word rounded-sm underline decoration-added decoration-1 underline-offset-2',
  removed: 'bg-removed-word rounded-sm line-through decoration-removed decoration-1',
};

/** The words of one line; changed ones stand out by ground and stroke, not by colour alone. */
export function DiffParts({ parts }: { readonly parts: readonly DiffPart[] | undefined }) {
  if (parts === undefined) return null;
  return parts.map((part, index) => {
    const Tag = part.kind === 'added' ? 'ins' : part.kind === 'removed' ? 'del' : 'span';
    return (
      // biome-ignore lint/suspicious/noArrayIndexKey: parts never move
      <Tag key={index} className={LOOKS[part.kind] || 'no-underline'}>
        <EvidenceText text={part.text.replace(/\n$/, '')} layout="block" />
      </Tag>
    );
  });
}
