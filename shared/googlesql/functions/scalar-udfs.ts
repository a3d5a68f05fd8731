import { bigMathUdfs } from './big-math-udfs.ts';
import { bytesUdfs } from './bytes-udfs.ts';
import { calendarUdfs } from './calendar-udfs.ts';
import { castFormatUdfs } from './cast-format-udfs.ts';
import { civilUdfs } from './civil-udfs.ts';
import { decimalUdfs } from './decimal-udfs.ts';
import { formatNumberUdfs } from './format-number.ts';
import { formatUdfs } from './format-udfs.ts';
import { frameUdfs } from './frame-udfs.ts';
import { hashUdfs } from './hash-udfs.ts';
import { jsonUdfs } from './json-udfs.ts';
import { keysetUdfs } from './keyset-udfs.ts';
import { kllUdfs } from './kll-udfs.ts';
import { mathUdfs } from './math-udfs.ts';
import { netUdfs } from './net-udfs.ts';
import { percentileUdfs } from './percentile-udfs.ts';
import { regexpUdfs } from './regexp-udfs.ts';
import type { ScalarUdf } from './scalar-udf.ts';
import { sketchUdfs } from './sketch-udfs.ts';
import { statisticalUdfs } from './statistical-udfs.ts';
import { sumUdfs } from './sum-udfs.ts';
import { textAnalysisUdfs } from './text-analysis.ts';
import { textUdfs } from './text-udfs.ts';

/** Every JavaScript function the generated SQL may call. The engine registers all of them on each DuckDB connection. */
export const SCALAR_UDFS: readonly ScalarUdf[] = [
  ...textUdfs,
  ...bytesUdfs,
  ...regexpUdfs,
  ...civilUdfs,
  ...calendarUdfs,
  ...decimalUdfs,
  ...bigMathUdfs,
  ...mathUdfs,
  ...jsonUdfs,
  ...formatUdfs,
  ...formatNumberUdfs,
  ...hashUdfs,
  ...netUdfs,
  ...keysetUdfs,
  ...castFormatUdfs,
  ...sketchUdfs,
  ...kllUdfs,
  ...percentileUdfs,
  ...frameUdfs,
  ...sumUdfs,
  ...statisticalUdfs,
  ...textAnalysisUdfs,
];
