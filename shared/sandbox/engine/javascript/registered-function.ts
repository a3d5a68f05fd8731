import { createHash } from 'node:crypto';
import { type DuckDBDataChunk, DuckDBScalarFunction, type DuckDBValue, type DuckDBVector, INTEGER } from '@duckdb/node-api';
import { jsonText, parseJson } from '../../../googlesql/functions/json-text.ts';
import { type SqlType, typeText } from '../../../googlesql/types/sql-type.ts';
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
    this.parameters = (routine.arguments ?? []).map(({ dataType }) => parseStandardType(dataType!));
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
    const signature = `${this.routine.routineReference.routineId}(${this.parameters.map(typeText).join(', ')})`;
    if (!place) return `${message} at ${signature}`;
    // The body begins on the program's second line; Google counts lines from one and columns from nought.
    const [line, column] = [Number(place[1]) - 1, Number(place[2])];
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

export const toFunctionId = ({
  arguments: parameters,
  returnType,
  definitionBody,
  determinismLevel,
  routineReference,
}: RoutineResource): string =>
  `js_${createHash('sha256')
    .update(JSON.stringify([parameters, returnType, definitionBody, determinismLevel, routineReference.routineId]))
    .digest('hex')
    .slice(0, 32)}`;

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
