import type { ScalarSignature } from './signature.ts';

export const intervalFunctions: readonly ScalarSignature[] = [];
