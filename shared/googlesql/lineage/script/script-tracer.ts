import { err, ok, type Result } from '../../../base/result.ts';
import { Analysis } from '../../analyze/analysis.ts';
import { analyzeScalar } from '../../analyze/analyze.ts';
import type { AnalyzeOptions } from '../../analyze/analyze-options.ts';
import { typeOfNode } from '../../analyze/analyze-type.ts';
import { SqlError } from '../../sql-error.ts';
import type { Expression } from '../../syntax/ast.ts';
import type { ConditionalBody, DeclareStatement, ForInStatement, SetStatement, Statement } from '../../syntax/ast-statement.ts';
import { INT64, type SqlType, structField, structOf } from '../../types/sql-type.ts';
import { asControl, type Controls, type Flow, merge, NO_CONTROL, NOTHING, pickField, put, union } from '../flow.ts';
import { type Lineage, type TracedStatement, toLineage } from '../trace-lineage.ts';
import type { TraceOptions } from '../trace-sql.ts';
import { traceQuery, traceSyntax } from '../trace-syntax.ts';
import { Tracer } from '../tracer.ts';
import { joinLineages, readIn } from './join-lineages.ts';
import { ScriptCatalog } from './script-catalog.ts';
import { define } from './script-definitions.ts';
import { ScriptState } from './script-state.ts';

/** Rounds of a loop that bring something new, before it is given up. */
const MAX_ROUNDS = 50;

/** Walks a script's statements in order, with what its variables and tables hold at each. */
export class ScriptTracer {
  readonly lineages = new Map<Statement, Result<Lineage, string>>();
  readonly #options: AnalyzeOptions;
  readonly #state = new ScriptState();
  readonly #catalog: ScriptCatalog;
  #isInLoop = false;

  constructor(options: TraceOptions & { readonly text: string }) {
    this.#catalog = new ScriptCatalog(options.catalog, options.defaults);
    this.#options = { ...options, catalog: this.#catalog, sharesViews: true };
  }

  run(statements: readonly Statement[]): void {
    for (const statement of statements) {
      try {
        this.#step(statement);
      } catch (error) {
        if (!(error instanceof SqlError)) throw error;
        this.lineages.set(statement, err(error.message));
        if (statement.kind !== 'QueryStatement') this.#state.lose();
      }
    }
  }

  get #now(): AnalyzeOptions {
    return { ...this.#options, variables: this.#state.variables };
  }

  #step(statement: Statement): void {
    const state = this.#state;
    switch (statement.kind) {
      case 'DeclareStatement':
        this.#declare(statement);
        break;
      case 'SetStatement':
        this.#set(statement);
        break;
      case 'IfStatement':
      case 'CaseStatement':
        this.#branches(statement, 'operand' in statement ? statement.operand : undefined, statement.branches, statement.elseBody);
        break;
      case 'WhileStatement':
        this.#loop(statement, statement.condition, statement.body);
        break;
      case 'RepeatStatement':
        this.#loop(statement, statement.until, statement.body);
        break;
      case 'LoopStatement':
        this.#loop(statement, undefined, statement.body);
        break;
      case 'ForInStatement':
        this.#forIn(statement);
        break;
      case 'BeginEndStatement':
        this.#block(statement.body, statement.exceptionHandler);
        break;
      case 'BreakStatement':
      case 'ContinueStatement':
      case 'ReturnStatement':
        state.end(state.branch);
        break;
      case 'RaiseStatement':
        state.end(union([state.branch, this.#condition(statement, statement.message)]));
        break;
      case 'AssertStatement':
        state.end(this.#condition(statement, statement.condition));
        break;
      default: {
        const traced = traceSyntax(statement, this.#now, state);
        if (traced) this.#report(statement, traced);
        define(statement, traced, { state, catalog: this.#catalog, options: this.#now });
      }
    }
  }

  #declare(statement: DeclareStatement): void {
    const value = statement.defaultValue && this.#value(statement, statement.defaultValue);
    const type = statement.type ? typeOfNode(statement.type, new Analysis(this.#now)) : (value?.type ?? INT64);
    for (const place of statement.variables) this.#state.declare(place.name, type, value?.flow ?? NOTHING, place);
  }

  #set(statement: SetStatement): void {
    const { flow } = this.#value(statement, statement.value);
    for (const [index, target] of statement.targets.entries())
      if (target.kind === 'Identifier') this.#state.assign(target.name, statement.isTuple ? pickField(flow, index, undefined) : flow);
  }

  #branches(
    statement: Statement,
    operand: Expression | undefined,
    branches: readonly ConditionalBody[],
    elseBody: readonly Statement[] = [],
  ): void {
    const conditions = [operand, ...branches.map(({ condition }) => condition)];
    const control = union(conditions.map((condition) => this.#condition(statement, condition)));
    for (const body of [...branches.map((branch) => branch.body), elseBody]) this.#state.inBranch(control, () => this.run(body));
  }

  #loop(statement: Statement, condition: Expression | undefined, body: readonly Statement[]): void {
    this.#untilSettled(() => this.#state.inBranch(this.#condition(statement, condition), () => this.run(body)));
  }

  #forIn(statement: ForInStatement): void {
    this.#untilSettled(() => {
      const traced = traceQuery(statement.query, this.#now, this.#state);
      this.#report(statement, traced);
      const type = structOf(traced.columns.map(({ name }, index) => structField(name, traced.types[index] as SqlType)));
      const row = merge([NOTHING, ...traced.columns.map(({ flow }, index) => put(flow, index))]);
      this.#state.inBranch(traced.rows, () => {
        this.#state.declare(statement.variable.name, type, row, statement);
        this.run(statement.body);
      });
    });
  }

  /** Within a loop nothing is taken back, so that the outermost one's rounds do for those inside it too. */
  #untilSettled(round: () => void): void {
    if (this.#isInLoop) {
      round();
      return;
    }
    this.#isInLoop = true;
    try {
      let size = -1;
      for (let rounds = 0; rounds < MAX_ROUNDS && this.#state.size > size; rounds++) {
        size = this.#state.size;
        round();
      }
      if (this.#state.size > size) this.#state.lose();
      if (this.#state.size > size) round();
    } finally {
      this.#isInLoop = false;
    }
  }

  /** The handler runs if anything in the block failed, which whatever the block reads may decide. */
  #block(body: readonly Statement[], handler: readonly Statement[] | undefined): void {
    const { isConditional } = this.#state;
    if (handler) this.#state.isConditional = true;
    this.#state.inBlock(() => this.run(body));
    if (handler) this.#state.inBranch(readIn(body, this.lineages), () => this.run(handler));
    this.#state.isConditional = isConditional;
  }

  #condition(statement: Statement, condition: Expression | undefined): Controls {
    return condition ? asControl(this.#value(statement, condition, true).flow, 'branch') : NO_CONTROL;
  }

  #value(statement: Statement, expression: Expression, decides = false): { flow: Flow; type: SqlType } {
    const resolved = analyzeScalar(expression, this.#now);
    const tracer = new Tracer(this.#state);
    const flow = tracer.expression(resolved);
    const rows = decides ? asControl(flow, 'branch') : flow.control;
    const { evaluated, isComplete } = tracer;
    this.#report(statement, { target: undefined, columns: [], rows, evaluated: [...evaluated.values()], isComplete });
    return { flow, type: resolved.type };
  }

  /** A statement may be followed several times, or have several conditions: nothing that was found is lost. */
  #report(statement: Statement, traced: TracedStatement): void {
    const lineage = toLineage({ ...traced, rows: union([traced.rows, this.#state.branch]) });
    const before = this.lineages.get(statement);
    if (before?.ok === false) return;
    this.lineages.set(statement, ok(before ? joinLineages(before.value, lineage) : lineage));
  }
}
