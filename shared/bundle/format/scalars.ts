import { z } from 'zod';
import { MAX_TABLES_IN_LEAF, MAX_TEXT_IN_LEAF } from './limits.ts';

export const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
export const uuid = z.string().regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/);
/** UTC, milliseconds: `2026-01-31T23:59:59.999Z`. */
export const instant = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
export const count = z.int().nonnegative();
/** INT64 as BigQuery writes it in JSON: decimal digits in a string. */
export const int64 = z.string().regex(/^-?\d{1,19}$/);
export const word = z.string().min(1).max(1_024);
export const text = z.string().max(MAX_TEXT_IN_LEAF);
/** 16 random bytes in hex; whoever lacks the salt cannot confirm a guess of the value. */
export const salt = z.string().regex(/^[0-9a-f]{32}$/);
export const tableNames = z.array(z.string().max(1_500)).max(MAX_TABLES_IN_LEAF);
export const headers = z.array(z.tuple([z.string(), z.string()]));
