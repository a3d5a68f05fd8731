import type { ExchangeDetail } from '../../../shared/contract/exchange.ts';

type Parameters = NonNullable<ExchangeDetail['statement']>['parameters'];

type RestType = {
  type?: string;
  arrayType?: RestType;
  structTypes?: readonly { name?: string; type?: RestType }[];
  rangeElementType?: RestType;
};

/** BigQuery's `queryParameters` as name, type in SQL's words and value as text. Shapes that are none are shown as they are. */
export function toParameters(parameters: unknown): Parameters {
  if (!Array.isArray(parameters)) return [];
  return parameters.map((each: { name?: unknown; parameterType?: RestType; parameterValue?: unknown }) => ({
    ...(typeof each?.name === 'string' && each.name !== '' ? { name: each.name } : {}),
    type: toTypeText(each?.parameterType),
    value: toValueText(each?.parameterValue),
  }));
}

function toTypeText(type: RestType | undefined): string {
  if (type?.arrayType !== undefined) return `ARRAY<${toTypeText(type.arrayType)}>`;
  if (type?.rangeElementType !== undefined) return `RANGE<${toTypeText(type.rangeElementType)}>`;
  if (type?.structTypes === undefined) return type?.type ?? '?';
  return `STRUCT<${type.structTypes.map((field) => `${field.name ?? ''} ${toTypeText(field.type)}`.trim()).join(', ')}>`;
}

function toValueText(value: unknown): string {
  if (typeof value !== 'object' || value === null) return 'NULL';
  const {
    value: scalar,
    arrayValues,
    structValues,
  } = value as { value?: unknown; arrayValues?: unknown[]; structValues?: Record<string, unknown> };
  if (Array.isArray(arrayValues)) return `[${arrayValues.map(toValueText).join(', ')}]`;
  if (structValues !== undefined)
    return `{${Object.entries(structValues)
      .map(([name, each]) => `${name}: ${toValueText(each)}`)
      .join(', ')}}`;
  return scalar === undefined || scalar === null ? 'NULL' : String(scalar);
}
