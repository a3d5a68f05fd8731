import type { Variable } from '../../analyze/analyze-options.ts';
import type { CatalogTable, TablePath } from '../../analyze/catalog.ts';
import type { SqlType } from '../../types/sql-type.ts';
import { type Controls, type Flow, merge, NO_CONTROL, NOTHING, union } from '../flow.ts';
import type { Surroundings, WrittenTable } from '../tracer.ts';

type KnownVariable = Variable & { flow: Flow };

/** What a script's variables and tables hold at one point, and what decides that the point is reached. */
export class ScriptState implements Surroundings {
  /** True where a statement is not sure to run, so that what was before may still be there. */
  isConditional = false;
  #around: Controls = NO_CONTROL;
  #ended: Controls = NO_CONTROL;
  #isLost = false;
  /** In sight, by name. */
  #variables = new Map<string, KnownVariable>();
  /** All there ever were, by where they are declared: a loop comes there again. */
  readonly #declared = new Map<object, KnownVariable>();
  readonly #tables = new Map<string, WrittenTable>();

  /** Conditions around the statement, and those by which the script may have ended before. */
  get branch(): Controls {
    return union([this.#around, this.#ended]);
  }

  get variables(): readonly Variable[] {
    return [...this.#variables.values()];
  }

  /** `place`: the node that declares it. */
  declare(name: string, type: SqlType, flow: Flow, place: object): void {
    const before = this.#declared.get(place);
    const variable = before ?? { name, type, duckSql: `script_variable_${this.#declared.size}`, flow: NOTHING };
    variable.flow = merge([this.#decided(flow), variable.flow]);
    this.#declared.set(place, variable);
    this.#variables.set(name.toLowerCase(), variable);
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
    const [around, isConditional] = [this.#around, this.isConditional];
    this.#around = union([around, control]);
    this.isConditional = true;
    this.inBlock(body);
    this.#around = around;
    this.isConditional = isConditional;
  }

  /** The script may have ended here: all that follows is decided by it. */
  end(control: Controls): void {
    this.#ended = union([this.#ended, control]);
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

  written({ path }: CatalogTable): WrittenTable | 'lost' | undefined {
    return this.#isLost ? 'lost' : this.#tables.get(toKey(path));
  }

  /** Grows as long as a loop brings anything new. */
  get size(): number {
    const flows = [...[...this.#declared.values()].map(({ flow }) => flow), ...[...this.#tables.values()].flatMap(flowsOf)];
    return flows.reduce((size, { values, control }) => size + values.size + control.size, this.branch.size);
  }

  #decided = (flow: Flow): Flow => ({ ...flow, control: union([flow.control, this.branch]) });
}

const flowsOf = ({ columns, rows }: WrittenTable): Flow[] => [...columns.values(), { ...NOTHING, control: rows }];

export const toKey = ({ projectId, datasetId, tableId }: TablePath): string => JSON.stringify([projectId, datasetId, tableId]);
