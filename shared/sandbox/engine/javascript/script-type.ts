import type { DuckDBListValue, DuckDBStructValue, DuckDBValue } from '@duckdb/node-api';
import type { SqlType } from '../../../googlesql/types/sql-type.ts';
import { typeText } from '../../../googlesql/types/sql-type.ts';
import { createToCell, type ToCell } from '../rows/to-cell.ts';

/** A type as the program inside QuickJS reads it (worker-source.ts). `text` is for its complaints. */
export type ScriptType = {
  readonly kind: string;
  readonly text: string;
  readonly element?: ScriptType;
  readonly fields?: readonly { readonly name: string; readonly type: ScriptType }[];
};

export function toScriptType(type: SqlType): ScriptType {
  const common = { kind: type.kind, text: typeText(type) };
  if (type.kind === 'ARRAY') return { ...common, element: toScriptType(type.element) };
  if (type.kind !== 'STRUCT') return common;
  return {
    ...common,
    fields: type.fields.map(({ name, type: each }, index) => ({ name: name ?? `_field_${index + 1}`, type: toScriptType(each) })),
  };
}

/** REST's texts for scalars, but bare: arrays are arrays, structs are arrays of their fields, and a NULL array is null. */
export function createToArgument(type: SqlType): (value: DuckDBValue) => unknown {
  if (type.kind === 'ARRAY') {
    const toItem = createToArgument(type.element);
    return (value) => (value === null ? null : (value as DuckDBListValue).items.map(toItem));
  }
  if (type.kind === 'STRUCT') {
    const toFields = type.fields.map((field) => createToArgument(field.type));
    return (value) =>
      value === null ? null : Object.values((value as DuckDBStructValue).entries).map((each, index) => toFields[index]!(each));
  }
  return createToCell(type) as ToCell;
}
