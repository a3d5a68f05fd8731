import { join } from 'node:path';

export const root = join(import.meta.dirname, '../..');

/** Where the demo's files land for the stories. */
export const demoFolder = join(root, 'test-results/demo');
export const demoBundle = join(demoFolder, 'nightly-report.wacz');
