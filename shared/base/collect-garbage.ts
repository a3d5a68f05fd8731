import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');

/**
 * V8's own collector, at a moment of our choosing. `minor`: young objects, about a millisecond. `last-resort`: everything, in 50 to 150 ms, and pages that are
 * free afterwards go back to the system.
 */
export const collectGarbage = runInNewContext('gc') as (options: {
  readonly type: 'minor' | 'major';
  readonly flavor?: 'regular' | 'last-resort';
}) => void;

setFlagsFromString('--no-expose-gc');
