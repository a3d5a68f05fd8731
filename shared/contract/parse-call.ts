import * as z from 'zod/mini';
import { err, ok, type Result } from '../base/result.ts';
import { CALLS, type CallInput, type CallName, type CallOutput, isCallName } from './calls.ts';
import type { EngineFailure } from './failure.ts';

// zod/mini brings no texts of its own; without these every fault reads "Invalid input".
const inEnglish = { error: z.locales.en().localeError };

/** First fault of bad data in words: `limit: expected a number`. */
function describeFault(error: z.core.$ZodError): string {
  const issue = error.issues[0];
  if (issue === undefined) return 'it is not valid';
  const path = issue.path.map(String).join('.');
  return path === '' ? issue.message : `${path}: ${issue.message}`;
}

/** Judges what arrives at the engine: an unknown call or a wrong input is refused by name. */
export function parseCallInput<Name extends CallName>(name: Name | (string & {}), input: unknown): Result<CallInput<Name>, EngineFailure> {
  if (!isCallName(name)) return err({ code: 'CONTRACT_UNKNOWN_CALL', message: `There is no call named "${name}".` });
  const parsed = CALLS[name].input.safeParse(input, inEnglish);
  if (parsed.success) return ok(parsed.data as CallInput<Name>);
  return err({ code: 'CONTRACT_BAD_INPUT', message: `The call ${name} was refused: ${describeFault(parsed.error)}.` });
}

/** Judges what the engine answers, on both sides of the boundary. */
export function parseCallOutput<Name extends CallName>(name: Name, output: unknown): Result<CallOutput<Name>, EngineFailure> {
  const parsed = CALLS[name].output.safeParse(output, inEnglish);
  if (parsed.success) return ok(parsed.data as CallOutput<Name>);
  return err({ code: 'CONTRACT_BAD_OUTPUT', message: `The answer of ${name} breaks the contract: ${describeFault(parsed.error)}.` });
}
