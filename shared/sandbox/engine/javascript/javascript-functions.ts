import { createHash } from 'node:crypto';
import { type DuckDBDataChunk, DuckDBScalarFunction, type DuckDBValue, type DuckDBVector } from '@duckdb/node-api';
import type { SqlType } from '../../../googlesql/types/sql-type.ts';
import { toTableFieldSchema } from '../../../googlesql/types/table-field-schema.ts';
import type { DuckConnection } from '../duck/duck-connection.ts';
import type { Duck } from '../duck/open-duck.ts';
import type { EngineOptions } from '../engine.ts';
import { createInvalidQuery } from '../failure.ts';
import { parseStandardType } from '../query/sql-types.ts';
import type { RoutineResource } from '../resource.ts';
import { createParseRow, type ParsedRow } from '../rows/parse-row.ts';
import { createToCell, type ToCell } from '../rows/to-cell.ts';
import { toDuckDBType } from './duckdb-type.ts';
import { UdfProcess } from './udf-process.ts';

type Known = { readonly value: DuckDBValue } | { readonly error: string };

/** A function DuckDB knows, with what is known of its values. */
type UdfState = {
  readonly id: string;
  readonly routine: RoutineResource;
  readonly parameters: readonly SqlType[];
  readonly returns: SqlType;
  readonly cells: readonly ToCell[];
  readonly parse: (row: { readonly v: never }) => ParsedRow;
  /** By the arguments' JSON. */
  readonly known: Map<string, Known>;
  readonly wanted: Set<string>;
  misses: number;
  users: number;
};

const MAX_NESTING = 16;
const MAX_CALLS = 4_000_000;
const BATCH_CALLS = 2_000;
const PROCESSES = 4;

/**
 * JavaScript functions without blocking this process: DuckDB calls them here, on the only thread there is, so they must answer at once. A statement is
 * therefore first run to see with which arguments they are called (a function then answers NULL), a child process computes the values, and the statement is
 * run again; nested calls need one round more for each level.
 */
export class JavaScriptFunctions {
  readonly #duck: Duck;
  readonly #limits: { readonly timeoutMs: number; readonly memoryMb: number };
  readonly #states = new Map<string, UdfState>();
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(duck: Duck, { timeoutMs = 10_000, memoryMb = 128 }: NonNullable<EngineOptions['javascript']>) {
    this.#duck = duck;
    this.#limits = { timeoutMs, memoryMb };
  }

  /** Makes the function known to DuckDB, once for each distinct text and signature. Answers its name there. */
  register(routine: RoutineResource): string {
    const id = toId(routine);
    if (!this.#states.has(id)) {
      const state = createState(id, routine);
      this.#states.set(id, state);
      this.#duck.registerFunction(toScalarFunction(state));
    }
    return id;
  }

  /** Runs `work` when every value its functions give is known. `sql` is what it will run; DML is tried in a transaction that is rolled back. */
  async settle<Value>(
    connection: DuckConnection,
    routines: Iterable<RoutineResource>,
    sql: { readonly text: string; readonly isDml?: boolean },
    work: () => Promise<Value>,
  ): Promise<Value> {
    const states = [...routines].filter(({ language }) => language === 'JAVASCRIPT').map((routine) => this.#states.get(toId(routine))!);
    if (states.length === 0) return work();
    for (const state of states) state.users++;
    try {
      await this.#learn(connection, states, sql);
      const before = countMisses(states);
      const value = await work();
      if (countMisses(states) !== before)
        throw createInvalidQuery('JavaScript functions whose arguments are different in each run are not supported by the sandbox');
      return value;
    } finally {
      for (const state of states) if (--state.users === 0) forget(state);
    }
  }

  async #learn(
    connection: DuckConnection,
    states: readonly UdfState[],
    sql: { readonly text: string; readonly isDml?: boolean },
  ): Promise<void> {
    if (sql.isDml && connection.isInTransaction)
      throw createInvalidQuery('JavaScript functions in DML inside a transaction are not supported by the sandbox');
    // Electron's program is the application, not Node: starting it would open a second one.
    if (process.versions['electron'] !== undefined)
      throw createInvalidQuery('JavaScript functions are not available inside the desktop application: use the command line');
    const release = await this.#enter();
    const host = new UdfProcess(this.#limits);
    try {
      for (const { id, routine, parameters, returns } of states) {
        await host.define({
          id,
          code: routine.definitionBody,
          names: (routine.arguments ?? []).map(({ name }) => name),
          parameters,
          returns,
        });
      }
      for (let level = 0; level < MAX_NESTING; level++) {
        const before = countMisses(states);
        await tryOut(connection, sql);
        if (countMisses(states) === before) return;
        for (const state of states) await compute(host, state);
      }
    } finally {
      host.close();
      release();
    }
    throw createInvalidQuery(`JavaScript functions are nested more than ${MAX_NESTING} levels deep`);
  }

  async #enter(): Promise<() => void> {
    if (this.#running >= PROCESSES) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#running++;
    return () => {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running--;
    };
  }
}

const countMisses = (states: readonly UdfState[]): number => states.reduce((sum, { misses }) => sum + misses, 0);

function forget({ known, wanted }: UdfState): void {
  known.clear();
  wanted.clear();
}

/** Rows are let go as they come; a failure in a first round may come of the NULLs, so only the values asked for count. */
async function tryOut(connection: DuckConnection, { text, isDml }: { readonly text: string; readonly isDml?: boolean }): Promise<void> {
  const isOwn = !connection.isInTransaction;
  if (isOwn) await connection.begin();
  try {
    if (isDml) await connection.run(text);
    else for await (const _ of connection.chunks(text));
  } catch {
    // The statement itself will say so.
  } finally {
    if (isOwn) await connection.rollback();
  }
}

async function compute(host: UdfProcess, state: UdfState): Promise<void> {
  const keys = [...state.wanted];
  state.wanted.clear();
  for (let start = 0; start < keys.length; start += BATCH_CALLS) {
    const batch = keys.slice(start, start + BATCH_CALLS);
    const results = JSON.parse(await host.call(state.id, `[${batch.join(',')}]`)) as readonly {
      readonly v?: unknown;
      readonly e?: string;
    }[];
    for (const [index, result] of results.entries()) state.known.set(batch[index]!, toKnown(state, result));
  }
}

function toKnown({ parse, routine }: UdfState, { v, e }: { readonly v?: unknown; readonly e?: string }): Known {
  if (e !== undefined) return { error: `${e} at ${routine.routineReference.routineId}` };
  const { values, faults } = parse({ v: v as never });
  return faults[0] ? { error: faults[0].message } : { value: values[0]! };
}

const toId = ({ arguments: parameters, returnType, definitionBody }: RoutineResource): string =>
  `js_${createHash('sha256')
    .update(JSON.stringify([parameters, returnType, definitionBody]))
    .digest('hex')
    .slice(0, 32)}`;

function createState(id: string, routine: RoutineResource): UdfState {
  const parameters = (routine.arguments ?? []).map(({ dataType }) => parseStandardType(dataType!));
  const returns = parseStandardType(routine.returnType!);
  const parse = createParseRow([toTableFieldSchema('v', returns)], { jsonAsText: true });
  return {
    id,
    routine,
    parameters,
    returns,
    cells: parameters.map(createToCell),
    parse,
    known: new Map(),
    wanted: new Set(),
    misses: 0,
    users: 0,
  };
}

function toScalarFunction(state: UdfState): DuckDBScalarFunction {
  return DuckDBScalarFunction.create({
    name: state.id,
    returnType: toDuckDBType(state.returns),
    parameterTypes: state.parameters.map(toDuckDBType),
    specialHandling: true,
    mainFunction: (_info, chunk, output) => answer(state, chunk, output),
  });
}

function answer(state: UdfState, chunk: DuckDBDataChunk, output: DuckDBVector): void {
  const columns = state.cells.map((_, index) => chunk.getColumnVector(index));
  for (let row = 0; row < chunk.rowCount; row++) {
    const key = JSON.stringify(state.cells.map((toCell, index) => toCell(columns[index]!.getItem(row))));
    output.setItem(row, look(state, key));
  }
  output.flush();
}

function look(state: UdfState, key: string): DuckDBValue {
  const known = state.known.get(key);
  if (known === undefined) {
    state.misses++;
    state.wanted.add(key);
    if (state.known.size + state.wanted.size > MAX_CALLS)
      throw new Error(`A JavaScript function is called with more than ${MAX_CALLS} different arguments`);
    return null;
  }
  if ('error' in known) throw new Error(known.error);
  return known.value;
}
