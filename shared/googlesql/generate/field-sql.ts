import type { StructType } from '../types/sql-type.ts';
import { structFieldNames } from './duck-type.ts';
import { stringSql } from './literal-sql.ts';

export const fieldSql = (struct: string, type: StructType, index: number): string =>
  `struct_extract(${struct}, ${stringSql(structFieldNames(type)[index]!)})`;
