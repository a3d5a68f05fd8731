import { setFlagsFromString } from 'node:v8';

/**
 * For commands that pass gigabytes through in small pieces: V8 would let the room for young objects grow to 64 MB and more over time, which makes such a pass
 * no faster. Called once, when the process begins.
 */
export function keepHeapSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
}
