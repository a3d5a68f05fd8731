import type { TablePath } from '../analyze/catalog.ts';

/** A column of a table, or a field within: `['address', 'street']`. Arrays add nothing to the path. `isView`: of a view, beside what it comes from. */
export type Source = { readonly table: TablePath; readonly path: readonly string[]; readonly isView?: boolean };

/** Where inside a value: the index of a struct's field, or `[]` for an array's elements. */
export type Place = readonly (number | '[]')[];

/**
 * A source whose value shows in another one. `projected`: unchanged, at that place. `computed`: through a function, a cast, an operator, or as
 * one of several that a condition chooses from. `aggregated`: through an aggregate or a window function.
 */
export type Value = { readonly source: Source; readonly at: Place; readonly how: 'projected' | 'computed' | 'aggregated' };

/**
 * How a source decides about rows or about which value is shown, without its own being shown. `condition`: of IF, CASE, NULLIF, or the
 * position in an array. `unnest`: by the length of an array. `branch`: a script's IF, loop or error handler around the statement.
 */
export type Position =
  | 'filter'
  | 'join'
  | 'group'
  | 'order'
  | 'window'
  | 'distinct'
  | 'limit'
  | 'sample'
  | 'condition'
  | 'unnest'
  | 'branch';
export type Control = { readonly source: Source; readonly position: Position };
export type Controls = ReadonlyMap<string, Control>;

/** Where a value comes from, and what decided that it is there. */
export type Flow = { readonly values: ReadonlyMap<string, Value>; readonly control: Controls };

export const NO_CONTROL: Controls = new Map();
export const NOTHING: Flow = { values: new Map(), control: NO_CONTROL };

const keys = new WeakMap<Source, string>();

/** Equal for sources that are the same column or field. */
export function sourceKey(source: Source): string {
  const known = keys.get(source);
  if (known !== undefined) return known;
  const { table, path } = source;
  const key = JSON.stringify([table.projectId, table.datasetId, table.tableId, ...path]);
  keys.set(source, key);
  return key;
}

const toValues = (values: Iterable<Value>): ReadonlyMap<string, Value> => {
  const map = new Map<string, Value>();
  for (const value of values) map.set(`${value.how} ${value.at.join('.')} ${sourceKey(value.source)}`, value);
  return map;
};

export const fromSource = (source: Source): Flow => ({ ...NOTHING, values: toValues([{ source, at: [], how: 'projected' }]) });

export function merge(flows: readonly Flow[]): Flow {
  if (flows.length === 1) return flows[0] as Flow;
  return {
    values: union(flows.map((flow) => flow.values)),
    control: union(flows.map((flow) => flow.control)),
  };
}

/** All of the maps' entries; one of the maps itself where the others add nothing. */
export function union<Entry>(maps: readonly ReadonlyMap<string, Entry>[]): ReadonlyMap<string, Entry> {
  const filled = [...new Set(maps)].filter((map) => map.size > 0);
  const [largest = new Map<string, Entry>(), ...others] = filled.sort((left, right) => right.size - left.size);
  let all: Map<string, Entry> | undefined;
  for (const map of others)
    for (const [key, entry] of map) {
      if ((all ?? largest).has(key)) continue;
      all ??= new Map(largest);
      all.set(key, entry);
    }
  return all ?? largest;
}

type Values = Flow['values'];
const withFunction = { computed: new WeakMap<Values, Values>(), aggregated: new WeakMap<Values, Values>() };

/** The sources with a function in between: whole values, nothing in place. */
export function through(flow: Flow, how: 'computed' | 'aggregated'): Flow {
  if (flow.values.size === 0) return flow;
  const values = withFunction[how].get(flow.values) ?? toValues([...flow.values.values()].map((value) => behind(value, how)));
  withFunction[how].set(flow.values, values);
  return { ...flow, values };
}

const behind = ({ source, how: before }: Value, how: 'computed' | 'aggregated'): Value => ({
  source,
  at: [],
  how: before === 'aggregated' ? before : how,
});

/** The value put at a place inside a larger one. */
export function put(flow: Flow, place: number | '[]'): Flow {
  return { ...flow, values: toValues([...flow.values.values()].map((value) => ({ ...value, at: [place, ...value.at] }))) };
}

/** A struct's field: what lies at that place, and the field of whatever is the whole. */
export function pickField(flow: Flow, index: number, name: string | undefined): Flow {
  const values = [...flow.values.values()].flatMap((value): Value[] => {
    if (value.at.length > 0) return value.at[0] === index ? [{ ...value, at: value.at.slice(1) }] : [];
    if (value.how !== 'projected' || name === undefined) return [value];
    return [{ ...value, source: fieldOf(value.source, name) }];
  });
  return { ...flow, values: toValues(values) };
}

const fieldOf = (source: Source, name: string): Source => ({ ...source, path: [...source.path, name] });

/** An array's elements. */
export function pickElement(flow: Flow): Flow {
  const values = [...flow.values.values()].map((value) => (value.at[0] === '[]' ? { ...value, at: value.at.slice(1) } : value));
  return { ...flow, values: toValues(values) };
}

/** What the flow's sources decide when it is used as a condition or a key. */
export function asControl(flow: Flow, position: Position): Controls {
  if (flow.values.size === 0) return flow.control;
  const control = new Map(flow.control);
  for (const { source } of flow.values.values()) control.set(`${position} ${sourceKey(source)}`, { source, position });
  return control;
}

/** What an array's length decides: the arrays themselves; of one that is put together here, the elements do not matter. */
export function lengthControl(array: Flow): Controls {
  const arrays = [...array.values.values()].filter(({ at }) => at.length === 0);
  return asControl({ values: toValues(arrays), control: array.control }, 'unnest');
}
