import type { ReplayOutcome } from '../../../shared/contract/replay.ts';
import type { ResultDifference } from '../../../shared/contract/result.ts';
import type { AskError, RunReply } from './replay-messages.ts';
import type { ReplayStep } from './replay-plan.ts';

/** The part of an outcome that is judged; who and how long stand beside it. */
export type Judgement = Pick<ReplayOutcome, 'label' | 'explanation'> & Partial<Pick<ReplayOutcome, 'construct' | 'missing' | 'difference'>>;

/** What the bundle answered, or that it holds no answer. */
export function judgeRecorded(step: ReplayStep, { error, rows }: RunReply): Judgement {
  if (error?.reason === 'notRecorded') {
    const explanation = isWhole(step) ? error.message : `${toEnd(step)}: there is no whole answer to give.`;
    return { label: 'UNKNOWN', explanation, missing: [`the answer of exchange ${step.number}`] };
  }
  if (error !== undefined && step.error === undefined)
    return {
      label: 'UNKNOWN',
      explanation: `The recorded answer could not be given: ${error.message}`,
      missing: [`the answer of exchange ${step.number}`],
    };
  if (step.effect === 'deny') return { label: 'RECORDED', explanation: `Refused as recorded, by ${step.rules.join(', ') || 'policy'}.` };
  if (error !== undefined) return { label: 'RECORDED', explanation: `Failed as recorded: ${error.reason}.` };
  if (step.dryRun) return { label: 'RECORDED', explanation: 'The recorded estimate was given.' };
  return {
    label: 'RECORDED',
    explanation:
      rows === undefined || rows === '0' ? 'The recorded answer was given.' : `The recorded answer was given: ${toRowsText(rows)}.`,
  };
}

const toRowsText = (count: string): string => `${count} ${count === '1' ? 'row' : 'rows'}`;

export const isWhole = ({ outcome, framing }: ReplayStep): boolean =>
  framing !== 'truncated' && !['transport-failed', 'aborted', 'unfinished', 'reconciled'].includes(outcome);

export const toEnd = ({ outcome, framing }: ReplayStep): string =>
  framing === 'truncated' ? 'The recorded answer was cut' : `The exchange ended as ${outcome}`;

/** Why a statement is not even run again; `undefined` when it is. */
export function judgeBefore(step: ReplayStep, missing: readonly string[]): Judgement | undefined {
  if (step.effect !== 'allow' || step.outcome === 'refused') {
    const why = step.effect === 'deny' ? `refused by ${step.rules.join(', ') || 'policy'}` : 'answered by the gateway itself';
    return { label: 'RECORDED', explanation: `It was ${why} and never reached BigQuery: there is nothing to compute.` };
  }
  if (step.use.opaque !== undefined)
    return {
      label: 'UNSUPPORTED',
      explanation: `${step.use.opaque}: what it reads is not in the text, or not of this time.`,
      construct: step.use.opaque,
    };
  if (missing.length === 0) return undefined;
  const tables = missing.length === 1 ? `The content of ${missing[0]} was` : `The contents of ${missing.length} tables were`;
  return { label: 'UNKNOWN', explanation: `${tables} not recorded whole.`, missing: [...missing] };
}

/** What an error of the recomputation means. */
export function judgeError(step: ReplayStep, error: AskError): Judgement {
  const construct = findConstruct(error);
  if (step.error !== undefined && step.error.reason === error.reason && construct === undefined) {
    const sameText = normal(step.error.message) === normal(error.message);
    return {
      label: 'RECOMPUTED-EQUAL',
      explanation: sameText ? `Fails alike: ${error.message}` : `Fails alike (${error.reason}), in other words: ${error.message}`,
    };
  }
  if (construct !== undefined) return { label: 'UNSUPPORTED', explanation: error.message, construct };
  if (error.reason === 'notFound')
    return {
      label: 'UNKNOWN',
      explanation: error.message,
      missing: [error.message.replace(/^Not found: (.*?)( was not found.*)?$/, '$1')],
    };
  if (step.error !== undefined)
    return {
      label: 'RECOMPUTED-DIFFERENT',
      explanation: `Recorded: ${step.error.reason} (${step.error.message}). Recomputed: ${error.reason} (${error.message}).`,
    };
  return { label: 'RECOMPUTED-DIFFERENT', explanation: `Succeeded in the recording, fails when recomputed: ${error.message}` };
}

const normal = (message: string): string =>
  message
    .replace(/\s+/g, ' ')
    .replace(/; Did you mean .*?\?/, '')
    .trim();

/** The sandbox says what it cannot do in so many words; its own faults count as that too. */
function findConstruct({ reason, code, message }: AskError): string | undefined {
  if (reason === 'internalError' || (code !== undefined && code >= 500 && reason !== 'notImplemented'))
    return `the sandbox failed: ${message}`;
  const named = /^(?:Syntax error: )?(.*?) (?:is|are) not (?:supported|implemented|offered)/i.exec(message)?.[1];
  if (named !== undefined) return named;
  return reason === 'notImplemented' || /\bunsupported\b|not (?:yet )?(?:supported|implemented)/i.test(message) ? message : undefined;
}

/** Statements that answer no rows: what they did is compared by BigQuery's count. */
export function judgeWithoutRows(step: ReplayStep, reply: RunReply): Judgement {
  if (step.error !== undefined) return toUnexpected(step, step.error);
  const [recorded, recomputed] = [step.numDmlAffectedRows, reply.numDmlAffectedRows];
  if (step.dryRun) return { label: 'RECOMPUTED-EQUAL', explanation: 'The statement is valid, as recorded; estimates are not compared.' };
  if (recorded === undefined) {
    const isDml = /^(INSERT|UPDATE|DELETE|MERGE)$/.test(step.statementType ?? '');
    if (!isDml) return { label: 'RECOMPUTED-EQUAL', explanation: `${step.statementType ?? 'The statement'} succeeds again.` };
    return {
      label: 'UNKNOWN',
      explanation: 'It succeeds again; how many rows it changed was not recorded.',
      missing: ['the recorded count of changed rows'],
    };
  }
  if (recorded === recomputed) return { label: 'RECOMPUTED-EQUAL', explanation: `Changes ${toRowsText(recorded)} again.` };
  return {
    label: 'RECOMPUTED-DIFFERENT',
    explanation: `Changed ${toRowsText(recorded)} in the recording, ${recomputed ?? 'an unknown number of'} when recomputed.`,
  };
}

export const toUnexpected = (step: ReplayStep, error: { readonly reason: string; readonly message: string }): Judgement => ({
  label: 'RECOMPUTED-DIFFERENT',
  explanation: `Failed in the recording (${error.reason}${error.message === '' ? '' : `: ${error.message}`}), succeeds when recomputed${restlessNote(step)}.`,
});

export function judgeRows(step: ReplayStep, difference: ResultDifference, isComplete: boolean): Judgement {
  const { equal, added, removed, schema } = difference;
  if (equal)
    return {
      label: 'RECOMPUTED-EQUAL',
      explanation: difference.leftRows === 1 ? 'The one row is equal.' : `All ${difference.leftRows} rows are equal.`,
      difference,
    };
  if (!isComplete && removed === 0 && schema.length === 0) {
    const explanation = `The ${difference.leftRows} rows that were recorded are all among the ${difference.rightRows} recomputed; the others were never fetched.`;
    return { label: 'UNKNOWN', explanation, missing: [`${added} rows of the recorded result`], difference };
  }
  const columns = schema.length === 0 ? '' : ` ${schema.length} columns differ.`;
  return {
    label: 'RECOMPUTED-DIFFERENT',
    explanation: `Only in the recording: ${toRowsText(String(removed))}; only recomputed: ${toRowsText(String(added))}.${columns}${restlessNote(step)}`,
    difference,
  };
}

/** The whole of a table, read once: its rows are where the table comes from. */
export const withOwnAnswer = (judgement: Judgement): Judgement =>
  judgement.label === 'RECOMPUTED-EQUAL'
    ? { ...judgement, explanation: `${judgement.explanation} The table was rebuilt from this very answer.` }
    : judgement;

const restlessNote = ({ use }: ReplayStep): string =>
  use.restless.length === 0 ? '' : ` It uses ${use.restless.map((name) => `${name}()`).join(', ')}, which answers anew each time.`;
