import type { OptionValue, OptionValues } from '../ddl/option-values.ts';
import type { LoadFormat, LoadRequest } from '../engine.ts';
import { createInvalid, createInvalidQuery, createNotImplemented } from '../failure.ts';
import type { TableSchema } from '../resource.ts';

/** REST's ExternalDataConfiguration, as far as the sandbox heeds it: how files are to be read. */
export type ExternalConfig = {
  readonly sourceUris?: readonly string[];
  readonly sourceFormat?: string;
  readonly schema?: TableSchema;
  readonly autodetect?: boolean;
  readonly compression?: string;
  readonly ignoreUnknownValues?: boolean;
  readonly maxBadRecords?: number;
  readonly decimalTargetTypes?: readonly string[];
  readonly csvOptions?: Readonly<Record<string, unknown>>;
  readonly avroOptions?: { readonly useAvroLogicalTypes?: boolean };
  readonly jsonOptions?: { readonly encoding?: string };
  readonly [other: string]: unknown;
};

const top = (key: string) => ({ key });
const csv = (key: string) => ({ key, group: 'csvOptions' });

/** SQL's option names. Those that change what is read and are not here are refused by name. */
const optionKeys: Readonly<Record<string, { readonly key: string; readonly group?: string }>> = {
  uris: top('sourceUris'),
  format: top('sourceFormat'),
  autodetect: top('autodetect'),
  compression: top('compression'),
  ignore_unknown_values: top('ignoreUnknownValues'),
  max_bad_records: top('maxBadRecords'),
  decimal_target_types: top('decimalTargetTypes'),
  allow_jagged_rows: csv('allowJaggedRows'),
  allow_quoted_newlines: csv('allowQuotedNewlines'),
  encoding: csv('encoding'),
  field_delimiter: csv('fieldDelimiter'),
  null_marker: csv('nullMarker'),
  null_markers: csv('nullMarkers'),
  preserve_ascii_control_characters: csv('preserveAsciiControlCharacters'),
  quote: csv('quote'),
  skip_leading_rows: csv('skipLeadingRows'),
  enable_logical_types: { key: 'useAvroLogicalTypes', group: 'avroOptions' },
};

/** What the sandbox always does, or what says nothing about the rows. */
const heedless = new Set(['enable_list_inference', 'description', 'labels', 'friendly_name', 'expiration_timestamp', 'max_staleness']);

/** `FROM FILES (…)`, `CREATE EXTERNAL TABLE … OPTIONS (…)`. */
export function toExternalConfig(options: OptionValues): ExternalConfig {
  const config: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(options)) {
    if (heedless.has(name) || value === null) continue;
    const known = optionKeys[name];
    if (known === undefined) throw createInvalidQuery(`The option ${name} is not supported by the sandbox`);
    if (known.group === undefined) config[known.key] = value;
    else config[known.group] = { ...(config[known.group] as object | undefined), [known.key]: value };
  }
  if (config['sourceFormat'] === undefined) throw createInvalidQuery('Missing required option: format');
  if (!isTexts(config['sourceUris'] as OptionValue)) throw createInvalidQuery('Missing required option: uris');
  return config;
}

const isTexts = (value: OptionValue | undefined): boolean =>
  Array.isArray(value) && value.length > 0 && value.every((each) => typeof each === 'string');

const formats: Readonly<Record<string, LoadFormat>> = {
  CSV: 'CSV',
  JSON: 'NEWLINE_DELIMITED_JSON',
  NEWLINE_DELIMITED_JSON: 'NEWLINE_DELIMITED_JSON',
  PARQUET: 'PARQUET',
  AVRO: 'AVRO',
};

/** Throws for a format that the sandbox does not read. */
export function parseFormat(text: string): LoadFormat {
  const format = formats[text.toUpperCase()];
  if (format !== undefined) return format;
  throw createNotImplemented(`The format ${text} is not supported by the sandbox: use CSV, NEWLINE_DELIMITED_JSON, PARQUET or AVRO`);
}

const unsupported = [
  'hivePartitioningOptions',
  'googleSheetsOptions',
  'bigtableOptions',
  'metadataCacheMode',
  'objectMetadata',
  'referenceFileSchemaUri',
];

/** How a load reads the same files. */
export function toLoadOptions(config: ExternalConfig): Omit<LoadRequest, 'destination' | 'sources'> {
  const refused = unsupported.find((name) => config[name] !== undefined);
  if (refused !== undefined) throw createNotImplemented(`The external table option ${refused} is not supported by the sandbox`);
  if (config.sourceFormat === undefined) throw createInvalid('Required parameter is missing: sourceFormat');
  const { csvOptions = {}, avroOptions, jsonOptions, schema, autodetect, ignoreUnknownValues, maxBadRecords, decimalTargetTypes } = config;
  const { skipLeadingRows, ...rest } = csvOptions;
  const options = {
    format: parseFormat(config.sourceFormat),
    schema: schema?.fields.length ? schema : undefined,
    autodetect: autodetect ?? !schema?.fields.length,
    ignoreUnknownValues,
    maxBadRecords: maxBadRecords === undefined ? undefined : Number(maxBadRecords),
    decimalTargetTypes,
    encoding: jsonOptions?.encoding,
    useAvroLogicalTypes: avroOptions?.useAvroLogicalTypes,
    skipLeadingRows: skipLeadingRows === undefined ? undefined : Number(skipLeadingRows),
    ...rest,
  };
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}
