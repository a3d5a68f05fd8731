import { BigQueryError } from '../../../bigquery/error-envelope.ts';
import type {
  BeginEndStatement,
  CaseStatement,
  DeclareStatement,
  ForInStatement,
  IfStatement,
  LoopStatement,
  RaiseStatement,
  RepeatStatement,
  SetStatement,
  Statement,
  WhileStatement,
} from '../../../googlesql/syntax/ast-statement.ts';
import { createInvalidQuery, createStopped } from '../failure.ts';
import { whenReady } from '../query/not-ready.ts';
import type { ScriptError } from '../query/session.ts';
import { originOf } from './error-origin.ts';
import { runCall } from './run-call.ts';
import { runExecuteImmediate } from './run-execute-immediate.ts';
import { runForIn } from './run-for-in.ts';
import type { ScriptRun } from './run-script.ts';
import { runDeclare, runSet } from './run-variables.ts';
import { isFor, type ScriptSignal } from './script-signal.ts';
import { evaluateText, isTrue, withScope } from './script-values.ts';

type Ending = Promise<ScriptSignal | undefined>;

/** Runs a statement of the script language itself; undefined for any other statement. */
export function runControl(run: ScriptRun, statement: Statement): Ending | undefined {
  switch (statement.kind) {
    case 'DeclareStatement':
      return whenReady(() => runDeclare(run.context, statement as DeclareStatement)).then(() => undefined);
    case 'SetStatement':
      return whenReady(() => runSet(run.context, statement as SetStatement)).then(() => undefined);
    case 'IfStatement':
      return runIf(run, statement);
    case 'CaseStatement':
      return runCase(run, statement);
    case 'BeginEndStatement':
      return runBlock(run, statement);
    case 'LoopStatement':
      return runLoop(run, statement);
    case 'WhileStatement':
      return runWhile(run, statement);
    case 'RepeatStatement':
      return runRepeat(run, statement);
    case 'ForInStatement':
      return runForIn(run, statement as ForInStatement);
    case 'BreakStatement':
      return Promise.resolve({ kind: 'break', label: statement.label?.name });
    case 'ContinueStatement':
      return Promise.resolve({ kind: 'continue', label: statement.label?.name });
    case 'ReturnStatement':
      return Promise.resolve({ kind: 'return' });
    case 'RaiseStatement':
      return runRaise(run, statement);
    case 'ExecuteImmediateStatement':
      return runExecuteImmediate(run, statement);
    case 'CallStatement':
      return runCall(run, statement);
    default:
      return undefined;
  }
}

async function runIf(run: ScriptRun, { branches, elseBody }: IfStatement): Ending {
  for (const { condition, body } of branches) if (await isTrue(run.context, condition)) return run.run(body);
  return elseBody && run.run(elseBody);
}

async function runCase(run: ScriptRun, { operand, branches, elseBody }: CaseStatement): Ending {
  for (const { condition, body } of branches) {
    const test = operand
      ? ({ kind: 'BinaryExpression', operator: '=', left: operand, right: condition, span: condition.span } as const)
      : condition;
    if (await isTrue(run.context, test as typeof condition)) return run.run(body);
  }
  if (elseBody === undefined) throw createInvalidQuery('No matching WHEN clause found in CASE statement');
  return run.run(elseBody);
}

async function runBlock(run: ScriptRun, { label, body, exceptionHandler }: BeginEndStatement): Ending {
  const { session } = run.context;
  const ending = await withScope(session, async () => {
    try {
      return await run.run(body);
    } catch (error) {
      if (exceptionHandler === undefined || !isCatchable(error)) throw error;
      return runHandler(run, exceptionHandler, error);
    }
  });
  return ending && label && ending.kind === 'break' && ending.label !== undefined && isFor(ending, label.name) ? undefined : ending;
}

/** Variables of the block are not visible in its handler. */
async function runHandler(run: ScriptRun, handler: readonly Statement[], error: BigQueryError): Ending {
  const { session } = run.context;
  const outer = session.error;
  session.error = toScriptError(error);
  session.scopes.at(-1)!.clear();
  try {
    return await run.run(handler);
  } finally {
    session.error = outer;
  }
}

function toScriptError(error: BigQueryError): ScriptError {
  const { statementText, stack } = originOf(error) ?? { statementText: '', stack: [] };
  return { message: error.message, statementText, stack };
}

/** A cancelled job is not handled by a script. */
const isCatchable = (error: unknown): error is BigQueryError => error instanceof BigQueryError && error.reason !== 'stopped';

type Step = 'go on' | 'leave' | ScriptSignal;

/** What one pass through a loop's body means for the loop. */
export async function runPass(run: ScriptRun, body: readonly Statement[], label: string | undefined): Promise<Step> {
  if (run.context.signal?.aborted) throw createStopped();
  const signal = await withScope(run.context.session, () => run.run(body));
  if (!signal) return 'go on';
  if (!isFor(signal, label)) return signal;
  return signal.kind === 'break' ? 'leave' : 'go on';
}

async function runLoop(run: ScriptRun, { label, body }: LoopStatement): Ending {
  for (;;) {
    const step = await runPass(run, body, label?.name);
    if (step !== 'go on') return step === 'leave' ? undefined : step;
  }
}

async function runWhile(run: ScriptRun, { label, condition, body }: WhileStatement): Ending {
  while (await isTrue(run.context, condition)) {
    const step = await runPass(run, body, label?.name);
    if (step !== 'go on') return step === 'leave' ? undefined : step;
  }
  return undefined;
}

async function runRepeat(run: ScriptRun, { label, body, until }: RepeatStatement): Ending {
  do {
    const step = await runPass(run, body, label?.name);
    if (step !== 'go on') return step === 'leave' ? undefined : step;
  } while (!(await isTrue(run.context, until)));
  return undefined;
}

async function runRaise(run: ScriptRun, { message }: RaiseStatement): Ending {
  const { session } = run.context;
  if (message === undefined) {
    if (!session.error) throw createInvalidQuery('Cannot re-raise the existing exception when no exception is currently being handled');
    throw new BigQueryError({ reason: 'invalidQuery', message: session.error.message, location: 'query' });
  }
  throw createInvalidQuery((await evaluateText(run.context, message)) ?? 'NULL');
}
