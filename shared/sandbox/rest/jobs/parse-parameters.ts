import { BigQueryError } from '../../../bigquery/error-envelope.ts';
import type { QueryParameter, QueryParameterValue } from '../../../bigquery/job.ts';
import type { JsonObject } from '../rest-call.ts';

/** Query parameters with every scalar as text: clients also send JSON numbers and booleans. Throws `invalid` for anything else. */
export function parseParameters(parameters: unknown): readonly QueryParameter[] | undefined {
  if (parameters === undefined || parameters === null) return undefined;
  if (!Array.isArray(parameters)) throw invalidAt('query_parameters', parameters);
  return parameters.map((each, index) => parseParameter(each, `query_parameters[${index}]`));
}

const invalidAt = (place: string, value: unknown): BigQueryError =>
  new BigQueryError({ reason: 'invalid', message: `Invalid value at '${place}': ${JSON.stringify(value)?.slice(0, 100)}` });

function parseParameter(parameter: unknown, place: string): QueryParameter {
  if (!isObject(parameter) || !isObject(parameter['parameterType'])) throw invalidAt(place, parameter);
  const parameterValue = parseValue(parameter['parameterValue'] ?? {}, `${place}.parameter_value`);
  return { ...(parameter as unknown as QueryParameter), parameterValue };
}

function parseValue(value: unknown, place: string): QueryParameterValue {
  if (!isObject(value)) throw invalidAt(place, value);
  const { value: scalar, arrayValues, structValues, rangeValue } = value as Readonly<Record<keyof QueryParameterValue, unknown>>;
  return {
    ...(scalar === undefined ? {} : { value: parseScalar(scalar, `${place}.value`) }),
    ...(Array.isArray(arrayValues)
      ? { arrayValues: arrayValues.map((each, index) => parseValue(each, `${place}.array_values[${index}]`)) }
      : {}),
    ...(isObject(structValues) ? { structValues: parseMembers(structValues, `${place}.struct_values`) } : {}),
    ...(isObject(rangeValue) ? { rangeValue: parseMembers(rangeValue, `${place}.range_value`) } : {}),
  };
}

const parseMembers = (members: JsonObject, place: string): Record<string, QueryParameterValue> =>
  Object.fromEntries(Object.entries(members).map(([name, value]) => [name, parseValue(value ?? {}, `${place}.${name}`)]));

function parseScalar(scalar: unknown, place: string): string | null {
  if (scalar === null || typeof scalar === 'string') return scalar;
  if (typeof scalar === 'number' || typeof scalar === 'boolean') return String(scalar);
  throw invalidAt(`${place} (TYPE_STRING)`, scalar);
}

const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);
