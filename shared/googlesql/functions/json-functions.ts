import type { ScalarSignature } from './signature.ts';

export const jsonFunctions: readonly ScalarSignature[] = [];
