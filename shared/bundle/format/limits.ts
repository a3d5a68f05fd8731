export const MAX_LEAF_BYTES = 65_535;
export const MAX_CHUNK_BYTES = 1_048_576;
export const MAX_TABLES_IN_LEAF = 200;
export const MAX_TEXT_IN_LEAF = 2_000;
export const MAX_DIGESTS_IN_LEAF = 500;
/** Answers over this size have no column digests. */
export const MAX_COLUMN_BODY_BYTES = 64 * 1_048_576;
/** Of each value in a body of side `cells`. */
export const CELL_BYTES = 16;
