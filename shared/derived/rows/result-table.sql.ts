import { DERIVED_FOLDER } from '../../bundle/format.ts';

/** The list of a bundle's results; their rows are in the files it names (rows-0001.parquet …), one for all results with the same columns. */
export const createResultTable = /* sql */ `
CREATE TEMP TABLE result (
  number BIGINT,               -- of the exchange that began it; __result in the file of its rows
  exchange_id VARCHAR,         -- of that exchange
  file VARCHAR,                -- where its rows are; NULL: in the recorded answers only
  row_count BIGINT,            -- how many were recorded; NULL where file is
  reported_rows VARCHAR,       -- how many there are, as BigQuery said
  fields JSON,                 -- its columns, in BigQuery's words
  pages STRUCT(exchange_id VARCHAR, number BIGINT, row_count BIGINT)[], -- the answers that brought them
  problems STRUCT(number BIGINT, problem VARCHAR)[] -- what to know of them; of one exchange where number tells which
);
`;

export const resultTablePath = `${DERIVED_FOLDER}result.parquet`;
export const rowsPath = (file: number): string => `${DERIVED_FOLDER}rows-${String(file).padStart(4, '0')}.parquet`;
