import type { MethodMatch } from '../../shared/bigquery/match-method.ts';
import { Refusal } from '../errors.ts';
import type { JsonObject } from './parse-strict-json.ts';

const references = ['jobReference', 'datasetReference', 'tableReference', 'routineReference', 'modelReference'];

/** What the path names and what the body names must be one thing: the path is judged, BigQuery may believe the body. */
export function refuseMismatch({ params }: MethodMatch, projectId: string | undefined, json: JsonObject): void {
  const expected: Readonly<Record<string, string | undefined>> = { ...params, projectId };
  for (const name of references) {
    const reference = json[name] as JsonObject | undefined;
    for (const key in reference ?? {}) {
      const value = reference![key];
      if (expected[key] === undefined || value === expected[key]) continue;
      throw new Refusal('REQUEST_MALFORMED', {
        why: `Value '${String(value).slice(0, 100)}' in content does not agree with value '${expected[key]}'`,
      });
    }
  }
}
