import type { ScalarSignature } from './signature.ts';

export const statisticalFunctions: readonly ScalarSignature[] = [];
