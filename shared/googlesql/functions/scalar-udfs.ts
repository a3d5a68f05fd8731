import { civilUdfs } from './civil-udfs.ts';
import { decimalUdfs } from './decimal-udfs.ts';
import { mathUdfs } from './math-udfs.ts';
import type { ScalarUdf } from './scalar-udf.ts';
import { textUdfs } from './text-udfs.ts';

/** Every JavaScript function the generated SQL may call. The engine registers all of them on each DuckDB connection. */
export const SCALAR_UDFS: readonly ScalarUdf[] = [...textUdfs, ...civilUdfs, ...decimalUdfs, ...mathUdfs];
