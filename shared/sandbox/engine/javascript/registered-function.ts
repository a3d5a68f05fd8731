import { createHash } from 'node:crypto';
import { type DuckDBDataChunk, DuckDBScalarFunction, type DuckDBValue, type DuckDBVector, INTEGER } from '@duckdb/node-api';
import { jsonText, parseJson } from '../../../googlesql/functions/json-text.ts';
import { arrayOf, type SqlType, structField, structOf, typeText } from '../../../googlesql/types/sql-type.ts';
import { toTableFieldSchema } from '../../../googlesql/types/table-field-schema.ts';
import { parseStandardType } from '../query/sql-types.ts';
import type { RoutineResource } from '../resource.ts';
import { createParseRow } from '../rows/parse-row.ts';
import { toDuckDBType } from './duckdb-type.ts';
import { createToArgument, toScriptType } from './script-type.ts';

/** What a call answers, or throws. */
export type Known = { readonly value: DuckDBValue } | { readonly error: string };
/** One call's outcome as the worker says it; `isWhole`: not the client's code failed, but what it gave does not fit. */
export type ScriptResult = { readonly v?: unknown; readonly e?: string; readonly at?: string; readonly isWhole?: boolean };

/** Answers for a chunk of calls: their arguments' JSON, in order. */
export type AnswerCalls = (registered: RegisteredFunction, statement: number, calls: readonly string[]) => readonly Known[];

/** A JavaScript function as DuckDB knows it. Its first argument there is the number of the connection whose statement calls. */
export class RegisteredFunction {
  readonly id: string;
  readonly routine: RoutineResource;
  readonly parameters: readonly SqlType[];
  readonly returns: SqlType;
  /** Each call is one evaluation: nothing may be remembered or computed beforehand. */
  readonly isVolatile: boolean;
  readonly #toArguments: readonly ((value: DuckDBValue) => unknown)[];
  readonly #hasJson: boolean;
  readonly #parse: ReturnType<typeof createParseRow>;

  constructor(routine: RoutineResource) {
    this.id = toFunctionId(routine);
    this.routine = routine;
    this.parameters = toParameterTypes(routine);
    this.returns = parseStandardType(routine.returnType!);
    this.isVolatile = isVolatile(routine);
    this.#toArguments = this.parameters.map(createToArgument);
    this.#hasJson = /\bJSON\b/.test(typeText(this.returns));
    this.#parse = createParseRow([toTableFieldSchema('v', this.returns)], { jsonAsText: true });
  }

  /** For the worker. */
  get definition(): Readonly<Record<string, unknown>> {
    const { id, routine, parameters, returns } = this;
    return {
      id,
      code: routine.definitionBody,
      names: (routine.arguments ?? []).map(({ name }) => name),
      parameters: parameters.map(toScriptType),
      returns: toScriptType(returns),
      ...(isAggregate(routine) && { order: toOrder(routine) }),
    };
  }

  toKnown({ v, e, at, isWhole }: ScriptResult): Known {
    if (e !== undefined) return { error: isWhole ? e : this.describe(e, at) };
    if (v === null || v === undefined) return { value: null };
    const { values, faults } = this.#parse({ v: (this.#hasJson ? normalise(v, this.returns) : v) as never });
    if (!faults[0]) return { value: values[0]! };
    const why = this.returns.kind === 'INT64' ? `: Bad int64 value: ${String(v)}` : '';
    return { error: `Failed to coerce output value ${JSON.stringify(v)} to type ${typeText(this.returns)}${why}` };
  }

  /** Google's way to say where. */
  describe(message: string, stack: string | undefined): string {
    const place = /function\.js:(\d+):(\d+)/.exec(stack ?? '');
    const types = (this.routine.arguments ?? []).map(({ dataType }) => typeText(parseStandardType(dataType!)));
    const signature = `${this.routine.routineReference.routineId}(${types.join(', ')})`;
    if (!place) return `${message} at ${signature}`;
    // A body begins on its program's second line, an aggregate's module on the first; Google counts lines from one and columns from nought.
    const [line, column] = [Number(place[1]) - (isAggregate(this.routine) ? 0 : 1), Number(place[2])];
    return `${message} at ${signature} line ${line}, columns ${column - 1}-${column}`;
  }

  toScalarFunction(answer: AnswerCalls): DuckDBScalarFunction {
    return DuckDBScalarFunction.create({
      name: this.id,
      returnType: toDuckDBType(this.returns),
      parameterTypes: [INTEGER, ...this.parameters.map(toDuckDBType)],
      specialHandling: true,
      volatile: this.isVolatile,
      mainFunction: (_info, chunk, output) => this.#fill(answer, chunk, output),
    });
  }

  #fill(answer: AnswerCalls, chunk: DuckDBDataChunk, output: DuckDBVector): void {
    const [statements, ...columns] = Array.from({ length: chunk.columnCount }, (_, index) => chunk.getColumnVector(index));
    const calls: string[] = [];
    for (let row = 0; row < chunk.rowCount; row++)
      calls.push(JSON.stringify(columns.map((column, index) => this.#toArguments[index]!(column.getItem(row)))));
    const known = answer(this, statements!.getItem(0) as number, calls);
    for (const [row, each] of known.entries()) {
      if ('error' in each) throw new Error(each.error);
      output.setItem(row, each.value);
    }
    output.flush();
  }
}

const isAggregate = ({ routineType }: RoutineResource): boolean => routineType === 'AGGREGATE_FUNCTION';

/** An aggregate's are the rows of its group, as an array of structs, and then what is the same for all rows. */
function toParameterTypes(routine: RoutineResource): readonly SqlType[] {
  const given = (routine.arguments ?? []).map(({ dataType, isAggregate: isOfRow = true }) => ({
    type: parseStandardType(dataType!),
    isOfRow,
  }));
  if (!isAggregate(routine)) return given.map(({ type }) => type);
  const fields = given.filter(({ isOfRow }) => isOfRow).map(({ type }, index) => structField(`a${index}`, type));
  return [arrayOf(structOf(fields)), ...given.filter(({ isOfRow }) => !isOfRow).map(({ type }) => type)];
}

/** Where each declared parameter comes from: a field of the row, or, below nought, what is the same for all rows. */
function toOrder({ arguments: given = [] }: RoutineResource): readonly number[] {
  let [rows, fixed] = [0, 0];
  return given.map(({ isAggregate: isOfRow = true }) => (isOfRow ? rows++ : -++fixed));
}

export function toFunctionId(routine: RoutineResource): string {
  const { arguments: parameters, returnType, definitionBody, determinismLevel, routineReference, routineType, importedLibraries } = routine;
  const facts = [parameters, returnType, definitionBody, determinismLevel, routineReference.routineId, routineType, importedLibraries];
  return `js_${createHash('sha256').update(JSON.stringify(facts)).digest('hex').slice(0, 32)}`;
}

/** Where nothing is declared, only code that may draw lots is taken for volatile: DuckDB plans the rest better. */
const isVolatile = ({ determinismLevel, definitionBody }: RoutineResource): boolean =>
  determinismLevel === 'NOT_DETERMINISTIC' || (determinismLevel !== 'DETERMINISTIC' && /\brandom\b/.test(definitionBody));

/** JSON as it is kept everywhere: members sorted. */
function normalise(value: unknown, type: SqlType): unknown {
  if (value === null || value === undefined) return null;
  if (type.kind === 'JSON') return jsonText(parseJson(value as string));
  if (type.kind === 'ARRAY') return (value as readonly unknown[]).map((item) => normalise(item, type.element));
  if (type.kind !== 'STRUCT') return value;
  return Object.fromEntries(Object.entries(value).map(([name, each], index) => [name, normalise(each, type.fields[index]!.type)]));
}
