import { readFrames } from '../read-frames.ts';

/** Where the frames of a segment end; behind them there may be zeros that were written ahead. */
export function writtenEnd(file: string): number {
  const frames = readFrames(file);
  for (;;) {
    const step = frames.next();
    if (step.done) return step.value.offset;
  }
}
