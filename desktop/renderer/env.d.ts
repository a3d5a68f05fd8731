import type { StenoBridge } from './connect-engine.ts';

declare global {
  interface Window {
    /** Set by the Electron preload; absent in the browser edition. */
    readonly steno?: StenoBridge;
  }
}
