import { setFlagsFromString } from 'node:v8';
import { collectGarbage } from './collect-garbage.ts';

/**
 * For commands that pass gigabytes through in small pieces, and while hundreds of files are read: V8 would let the room for young objects grow to 64 MB and
 * more over time, which makes neither faster. Called once, when the process begins.
 */
export function keepHeapSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
}

/** When the reading is done: what it left behind goes back to the system, which V8 would do only after idle seconds, and the heap grows as it would. */
export function letHeapGrow(): void {
  collectGarbage({ type: 'major', flavor: 'last-resort' });
  setFlagsFromString('--semi-space-growth-factor=2');
}
