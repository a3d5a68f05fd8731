import { useState } from 'react';
import type { z } from 'zod/mini';
import type { ResultDifference } from '../../../../shared/contract/result.ts';
import { useAnswer } from '../../store/use-answer.ts';
import { FailureNotice } from '../../widgets/notice.tsx';
import { DifferenceTable } from '../../widgets/result/difference-table.tsx';
import { Section } from '../../widgets/section.tsx';
import { Skeleton } from '../../widgets/skeleton.tsx';

const SAMPLES = 50;

/** The recorded answers of the two exchanges, row against row. */
export function ResultDiff({ left, right }: { readonly left: string; readonly right: string }) {
  const [keys, setKeys] = useState<readonly string[]>([]);
  const difference = useAnswer('diff:results', { left, right, keys: [...keys], samples: SAMPLES }, `${left} ${right}`);
  return (
    <Section
      title="Results"
      aside={difference.value === undefined ? undefined : <KeyPicker difference={difference.value} keys={keys} onKeys={setKeys} />}
      flush
    >
      {difference.failure !== undefined ? (
        difference.failure.code.includes('RESULT') && difference.failure.code.includes('NO') ? (
          <p className="text-muted p-3">{difference.failure.message}</p>
        ) : (
          <FailureNotice failure={difference.failure} retry={difference.retry} className="m-3" />
        )
      ) : difference.value === undefined ? (
        <Skeleton lines={3} className="p-3" />
      ) : (
        <DifferenceTable difference={difference.value} />
      )}
    </Section>
  );
}

type KeyProps = {
  readonly difference: z.infer<typeof ResultDifference>;
  readonly keys: readonly string[];
  readonly onKeys: (keys: readonly string[]) => void;
};

/** Which columns say that two rows are the same row; none compares whole rows. */
function KeyPicker({ difference, keys, onKeys }: KeyProps) {
  if (difference.columns.length === 0) return null;
  return (
    <label className="flex items-center gap-1.5">
      match rows by
      <select
        value={keys[0] ?? ''}
        onChange={(event) => onKeys(event.target.value === '' ? [] : [event.target.value])}
        className="border-control bg-surface h-6 max-w-48 rounded border px-1"
      >
        <option value="">whole rows</option>
        {difference.columns.map((column) => (
          <option key={column} value={column}>
            {column}
          </option>
        ))}
      </select>
    </label>
  );
}
