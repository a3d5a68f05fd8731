import { closestName } from '../analyze/closest-name.ts';
import { aggregateFunctions } from './aggregate-functions.ts';
import { approximateFunctions } from './approximate-functions.ts';
import { arrayFunctions } from './array-functions.ts';
import { bitFunctions } from './bit-functions.ts';
import { conditionalFunctions } from './conditional-functions.ts';
import { conversionFunctions } from './conversion-functions.ts';
import { dateFunctions } from './date-functions.ts';
import { datePartFunctions } from './date-part-functions.ts';
import { hashFunctions } from './hash-functions.ts';
import { intervalFunctions } from './interval-functions.ts';
import { jsonFunctions } from './json-functions.ts';
import { keysetFunctions } from './keyset-functions.ts';
import { kllFunctions } from './kll-functions.ts';
import { mathFunctions } from './math-functions.ts';
import { netFunctions } from './net-functions.ts';
import { operatorFunctions } from './operator-functions.ts';
import { percentileFunctions } from './percentile-functions.ts';
import { rangeFunctions } from './range-functions.ts';
import { regexpFunctions } from './regexp-functions.ts';
import type { ScalarSignature } from './signature.ts';
import { statisticalFunctions } from './statistical-functions.ts';
import { stringFunctions } from './string-functions.ts';
import { sumFunctions } from './sum-functions.ts';
import { timeFunctions } from './time-functions.ts';
import { utilityFunctions } from './utility-functions.ts';
import { windowFunctions } from './window-functions.ts';

const FAMILIES: readonly (readonly ScalarSignature[])[] = [
  operatorFunctions,
  conditionalFunctions,
  stringFunctions,
  regexpFunctions,
  mathFunctions,
  bitFunctions,
  conversionFunctions,
  dateFunctions,
  timeFunctions,
  datePartFunctions,
  intervalFunctions,
  rangeFunctions,
  jsonFunctions,
  arrayFunctions,
  aggregateFunctions,
  sumFunctions,
  statisticalFunctions,
  approximateFunctions,
  kllFunctions,
  percentileFunctions,
  windowFunctions,
  hashFunctions,
  netFunctions,
  keysetFunctions,
  utilityFunctions,
];

const table = new Map<string, ScalarSignature[]>();
for (const signature of FAMILIES.flat()) {
  const known = table.get(signature.name);
  if (known) known.push(signature);
  else table.set(signature.name, [signature]);
}

/** All signatures of a function, by its upper-case name. */
export const functionsNamed = (name: string): readonly ScalarSignature[] | undefined => table.get(name);

/** Every library function's name, operators left out. */
export const functionNames = (): string[] => [...table.keys()].filter((n) => !n.startsWith('$'));

export const closestFunctionName = (name: string): string | undefined => closestName(name, functionNames());
