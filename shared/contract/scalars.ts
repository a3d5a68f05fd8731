import * as z from 'zod/mini';

/** An INT64 as decimal text: it never passes through a JavaScript number. */
export const Int64Text = z.string().check(z.regex(/^-?\d{1,19}$/));
/** RFC 3339 in UTC, as recorded (milliseconds or finer). */
export const Instant = z.string();
export const Count = z.int().check(z.minimum(0));
/** Milliseconds, fractions allowed. */
export const Milliseconds = z.number();
/** Hex SHA-256. */
export const Sha256 = z.string();
/** Position of a bundle in the case, from 1, in the order of opening. */
export const BundleId = z.int().check(z.minimum(1));
export const ExchangeId = z.string().check(z.minLength(1));

/** Which rows of a long list a screen wants. */
export const windowFields = { offset: Count, limit: z.int().check(z.minimum(0), z.maximum(5000)) };
