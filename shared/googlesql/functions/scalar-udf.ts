/**
 * How a JavaScript scalar function sees DuckDB's values:
 * BIGINT bigint · DOUBLE number · BOOLEAN boolean · VARCHAR string · BLOB Uint8Array · DECIMAL bigint, the value times 10^9 (DECIMAL(38, 9)) ·
 * BIGNUM bigint (BIGNUMERIC: the value times 10^38) · lists as arrays. SQL NULL is null.
 */
export type UdfType = 'BIGINT' | 'DOUBLE' | 'BOOLEAN' | 'VARCHAR' | 'BLOB' | 'DECIMAL' | 'BIGNUM' | UdfListType;
export type UdfListType = 'BIGINT[]' | 'DOUBLE[]' | 'VARCHAR[]' | 'BLOB[]' | 'BOOLEAN[]' | 'DECIMAL[]';
export type UdfValue = null | bigint | number | boolean | string | Uint8Array | readonly UdfValue[];

/**
 * A function the generated SQL calls. A thrown error's message becomes the query's error; DuckDB's TRY turns it into NULL.
 * Without `takesNull` DuckDB gives NULL for any NULL argument and does not call. All functions are pure, so registered as not volatile.
 */
export type ScalarUdf = {
  readonly name: string;
  readonly parameters: readonly UdfType[];
  readonly returns: UdfType;
  readonly takesNull?: boolean;
  // biome-ignore lint/suspicious/noExplicitAny: each function knows the JavaScript types of its own `parameters`
  readonly call: (...values: any[]) => UdfValue;
};
