import { castSql } from '../generate/cast-sql.ts';
import { STRING } from '../types/sql-type.ts';
import type { Emit } from './signature.ts';

/** Concatenation of what CAST turns into texts. */
export const concatTexts: Emit = (args, { types }) => `(${args.map((a, i) => castSql(a, types[i]!, STRING)).join(' || ')})`;
