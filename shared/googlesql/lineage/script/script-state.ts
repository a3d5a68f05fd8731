import type { Variable } from '../../analyze/analyze-options.ts';
import type { CatalogTable, TablePath } from '../../analyze/catalog.ts';
import type { SqlType } from '../../types/sql-type.ts';
import { type Controls, type Flow, merge, NO_CONTROL, NOTHING, union } from '../flow.ts';
import type { Surroundings, WrittenTable } from '../tracer.ts';

type KnownVariable = Variable & { flow: Flow };

/** Every value may be anywhere. */
const LOST = 'lost';

/** What a script's variables and tables hold at one point, and what decides that the point is reached. */
export class ScriptState implements Surroundings {
  /** Conditions around the statement, and those before which the script may have ended. */
  branch: Controls = NO_CONTROL;
  /** True where a statement is not sure to run, so that what was before may still be there. */
  isConditional = false;
  #isLost = false;
  #variables = new Map<string, KnownVariable>();
  readonly #tables = new Map<string, WrittenTable>();
  #count = 0;

  get variables(): readonly Variable[] {
    return [...this.#variables.values()];
  }

  declare(name: string, type: SqlType, flow: Flow): void {
    const duckSql = `script_variable_${++this.#count}`;
    this.#variables.set(name.toLowerCase(), { name, type, duckSql, flow: this.#decided(flow) });
  }

  assign(name: string, flow: Flow): void {
    const known = this.#variables.get(name.toLowerCase());
    if (known) known.flow = merge([this.#decided(flow), ...(this.isConditional ? [known.flow] : [])]);
  }

  /** Variables declared in the body are gone after it; each body starts as the one before it did. */
  inBlock(body: () => void): void {
    const around = this.#variables;
    this.#variables = new Map(around);
    body();
    this.#variables = around;
  }

  /** The body runs or not, as `control` decides. */
  inBranch(control: Controls, body: () => void): void {
    const { branch, isConditional } = this;
    this.branch = union([branch, control]);
    this.isConditional = true;
    this.inBlock(body);
    this.branch = branch;
    this.isConditional = isConditional;
  }

  /** Adds to a table's columns, which are there in any case. */
  write(path: TablePath, columns: readonly { readonly name: string; readonly flow: Flow }[], rows: Controls): void {
    const key = toKey(path);
    const before = this.#tables.get(key);
    const flows = new Map(before?.columns);
    for (const { name, flow } of columns) {
      const column = name.toLowerCase();
      flows.set(column, merge([flow, ...(flows.has(column) ? [flows.get(column) as Flow] : [])]));
    }
    const decided = union([before?.rows ?? NO_CONTROL, rows, this.branch]);
    this.#tables.set(key, { columns: flows, rows: decided, isReplaced: before?.isReplaced ?? false });
  }

  /** The table holds these columns and nothing else; perhaps, where it is not sure. */
  replace(path: TablePath, columns: readonly { readonly name: string; readonly flow: Flow }[], rows: Controls): void {
    const key = toKey(path);
    if (!this.isConditional) this.#tables.delete(key);
    const isNew = !this.isConditional || this.#tables.get(key)?.isReplaced === true;
    this.write(path, columns, rows);
    this.#tables.set(key, { ...(this.#tables.get(key) as WrittenTable), isReplaced: isNew });
  }

  /** From here on nothing is known: a statement ran whose text or effect we cannot see. */
  lose(): void {
    this.#isLost = true;
  }

  variable(sql: string): Flow | undefined {
    const found = [...this.#variables.values()].find(({ duckSql }) => duckSql === sql);
    return this.#isLost ? undefined : found?.flow;
  }

  written({ path }: CatalogTable): WrittenTable | typeof LOST | undefined {
    return this.#isLost ? LOST : this.#tables.get(toKey(path));
  }

  /** Grows as long as a loop brings anything new. */
  get size(): number {
    const flows = [...[...this.#variables.values()].map(({ flow }) => flow), ...[...this.#tables.values()].flatMap(flowsOf)];
    return flows.reduce((size, { values, control }) => size + values.size + control.size, 0);
  }

  #decided = (flow: Flow): Flow => ({ ...flow, control: union([flow.control, this.branch]) });
}

const flowsOf = ({ columns, rows }: WrittenTable): Flow[] => [...columns.values(), { ...NOTHING, control: rows }];

export const toKey = ({ projectId, datasetId, tableId }: TablePath): string => JSON.stringify([projectId, datasetId, tableId]);
