import { setPriority } from 'node:os';

/** Of the calling thread, to a niceness of 1 to 19. On Linux a priority belongs to a thread; elsewhere it would slow down the whole gateway, and nothing changes. */
export function lowerPriority(niceness: number): void {
  if (process.platform !== 'linux') return;
  try {
    setPriority(0, niceness);
  } catch {
    // Then it takes its turn like everybody else.
  }
}
