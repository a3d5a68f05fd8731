/** Positions of a pair; a side is absent where the other has no counterpart. */
export type Alignment = { readonly left?: number; readonly right?: number };

/**
 * Longest common subsequence of two lists of keys (fingerprints), by Myers' O(ND) walk: the time grows with the differences, not with the product.
 * Unmatched statements between two matches are paired in order, as "changed", while both sides have one.
 */
export function alignStatements(left: readonly string[], right: readonly string[]): Alignment[] {
  const pairs: Alignment[] = [];
  let [nextLeft, nextRight] = [0, 0];
  const fillTo = (leftEnd: number, rightEnd: number): void => {
    while (nextLeft < leftEnd && nextRight < rightEnd) pairs.push({ left: nextLeft++, right: nextRight++ });
    while (nextLeft < leftEnd) pairs.push({ left: nextLeft++ });
    while (nextRight < rightEnd) pairs.push({ right: nextRight++ });
  };
  for (const [leftAt, rightAt] of findMatches(left, right)) {
    fillTo(leftAt, rightAt);
    pairs.push({ left: nextLeft++, right: nextRight++ });
  }
  fillTo(left.length, right.length);
  return pairs;
}

/** Differences after which the rest counts as changed: memory of the walk grows with their square. */
const maxDifferences = 2000;

function findMatches(left: readonly string[], right: readonly string[]): (readonly [number, number])[] {
  const trace: Map<number, number>[] = [];
  let furthest = new Map<number, number>([[1, 0]]);
  for (let distance = 0; distance <= Math.min(left.length + right.length, maxDifferences); distance++) {
    const reached = new Map<number, number>();
    for (let diagonal = -distance; diagonal <= distance; diagonal += 2) {
      const isDown =
        diagonal === -distance || (diagonal !== distance && (furthest.get(diagonal - 1) ?? -1) < (furthest.get(diagonal + 1) ?? -1));
      let x = isDown ? (furthest.get(diagonal + 1) ?? 0) : (furthest.get(diagonal - 1) ?? 0) + 1;
      while (x < left.length && x - diagonal < right.length && left[x] === right[x - diagonal]) x++;
      reached.set(diagonal, x);
      if (x >= left.length && x - diagonal >= right.length) return walkBack([...trace, reached], left.length, right.length);
    }
    trace.push(reached);
    furthest = reached;
  }
  return [];
}

function walkBack(trace: readonly Map<number, number>[], leftEnd: number, rightEnd: number): (readonly [number, number])[] {
  const matches: (readonly [number, number])[] = [];
  let [x, y] = [leftEnd, rightEnd];
  for (let distance = trace.length - 1; distance >= 0; distance--) {
    const before = trace[distance - 1] ?? new Map([[1, 0]]);
    const diagonal = x - y;
    const isDown = diagonal === -distance || (diagonal !== distance && (before.get(diagonal - 1) ?? -1) < (before.get(diagonal + 1) ?? -1));
    const previousDiagonal = isDown ? diagonal + 1 : diagonal - 1;
    const previousX = distance === 0 ? 0 : (before.get(previousDiagonal) ?? 0);
    const previousY = distance === 0 ? 0 : previousX - previousDiagonal;
    while (x > previousX && y > previousY) matches.push([--x, --y]);
    [x, y] = [previousX, previousY];
  }
  return matches.reverse();
}
