import type { ScalarUdf } from './scalar-udf.ts';

/** Each row's frame is looked up among all keys of its partition, which come here every time. */
const LONGEST_PARTITION = 10_000;

/**
 * The place, from one, of a RANGE frame's first or last row among sorted keys (texts of scaled integers): the first that reaches the key plus the
 * offset, or the last that does not pass it. NULL keys are each other's frame; those before (after) all others are passed (reached) by every key.
 */
function frameEdge(keys: readonly (string | null)[], key: string | null, offset: string, isStart: boolean, isDescending: boolean): bigint {
  if (keys.length > LONGEST_PARTITION)
    throw new Error(`A RANGE frame over BIGNUMERIC with more than ${LONGEST_PARTITION} rows in a partition is not supported`);
  const sign = isDescending ? -1n : 1n;
  const target = key === null ? undefined : sign * (BigInt(key) + BigInt(offset.replace(/^--/, '')));
  const isNullInside = isStart !== (keys[0] === null);
  const isInside = (each: string | null): boolean => {
    if (target === undefined) return each === null;
    if (each === null) return isNullInside;
    return isStart ? sign * BigInt(each) >= target : sign * BigInt(each) <= target;
  };
  const place = isStart ? keys.findIndex(isInside) : keys.findLastIndex(isInside);
  return place < 0 ? BigInt(isStart ? keys.length + 1 : 0) : BigInt(place + 1);
}

export const frameUdfs: readonly ScalarUdf[] = [
  {
    name: 'bq_frame_edge',
    parameters: ['VARCHAR[]', 'VARCHAR', 'VARCHAR', 'BOOLEAN', 'BOOLEAN'],
    returns: 'BIGINT',
    takesNull: true,
    call: frameEdge,
  },
];
