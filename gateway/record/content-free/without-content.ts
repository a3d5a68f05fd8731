import { normalise } from '../../../shared/googlesql/fingerprint.ts';
import type { JobStatisticsInput, StatementInput } from '../record-input.ts';

/** What stands for a value that is not kept. */
const NOT_KEPT = '?';

/** The statement's shape: names, keywords and structure; every literal and parameter value is `?`, comments are gone. */
export function withoutLiterals(statement: StatementInput | undefined): StatementInput | undefined {
  if (statement === undefined) return undefined;
  const { parameters } = statement;
  return { ...statement, sql: normalise(statement.sql), ...(parameters === undefined ? {} : { parameters: withoutValues(parameters) }) };
}

/** BigQuery's `queryParameters`: names and types are kept. What is not of that shape is not kept at all. */
function withoutValues(parameters: unknown): unknown {
  if (!Array.isArray(parameters)) return NOT_KEPT;
  return parameters.map((parameter: unknown) => {
    if (typeof parameter !== 'object' || parameter === null) return NOT_KEPT;
    const { name, parameterType } = parameter as Record<string, unknown>;
    return {
      ...(typeof name === 'string' ? { name } : {}),
      ...(parameterType === undefined ? {} : { parameterType }),
      parameterValue: NOT_KEPT,
    };
  });
}

/** BigQuery quotes values in its error messages: `Bad double value: 12 High Street`. */
export function withoutMessage(job: JobStatisticsInput | undefined): JobStatisticsInput | undefined {
  if (job?.errorResult === undefined) return job;
  const { reason, location } = job.errorResult as Record<string, unknown>;
  return { ...job, errorResult: { reason: wordOf(reason), location: wordOf(location), message: NOT_KEPT } };
}

/** One word of BigQuery's own, such as `invalidQuery`. */
const wordOf = (value: unknown): string => (typeof value === 'string' && /^[A-Za-z]{1,64}$/.test(value) ? value : NOT_KEPT);
