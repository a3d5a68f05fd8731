// Columns as Google's public tables have them: bigquery-public-data.samples (publicdata.samples is its older name) and usa_names.
import type { TableFieldSchema } from '../../bigquery/schema.ts';
import type { TableSchema } from '../engine/resource.ts';

const scalar =
  (type: string) =>
  (...names: readonly string[]): readonly TableFieldSchema[] =>
    names.map((name) => (name.endsWith('!') ? { name: name.slice(0, -1), type, mode: 'REQUIRED' } : { name, type }));

const text = scalar('STRING');
const integer = scalar('INTEGER');
const float = scalar('FLOAT');
const flag = scalar('BOOLEAN');
const record = (name: string, fields: readonly TableFieldSchema[]): TableFieldSchema => ({ name, type: 'RECORD', fields });
const table = (...fields: readonly (readonly TableFieldSchema[])[]): TableSchema => ({ fields: fields.flat() });

const measured = (name: string): readonly TableFieldSchema[] => [...float(`mean_${name}`), ...integer(`num_mean_${name}_samples`)];

const repository = [
  ...text('url'),
  ...flag('has_downloads'),
  ...text('created_at'),
  ...flag('has_issues'),
  ...text('description'),
  ...integer('forks'),
  ...flag('fork', 'has_wiki'),
  ...text('homepage'),
  ...integer('size'),
  ...flag('private'),
  ...text('name', 'owner'),
  ...integer('open_issues', 'watchers'),
  ...text('pushed_at', 'language', 'organization', 'integrate_branch', 'master_branch'),
];

export const publicSchemas: Readonly<Record<string, Readonly<Record<string, TableSchema>>>> = {
  samples: {
    shakespeare: table(text('word!'), integer('word_count!'), text('corpus!'), integer('corpus_date!')),
    github_nested: table(
      [
        record('repository', repository),
        record('actor_attributes', text('name', 'company', 'gravatar_id', 'location', 'blog', 'type', 'login', 'email')),
      ],
      text('created_at'),
      flag('public'),
      text('actor'),
      [
        record('payload', [
          ...text('head', 'ref', 'ref_type', 'master_branch', 'description', 'action', 'url'),
          ...integer('size', 'number'),
        ]),
      ],
      text('url', 'type'),
    ),
    gsod: table(
      integer('station_number!', 'wban_number', 'year!', 'month!', 'day!'),
      ...['temp', 'dew_point', 'sealevel_pressure', 'station_pressure', 'visibility', 'wind_speed'].map(measured),
      float('max_sustained_wind_speed', 'max_gust_wind_speed', 'max_temperature'),
      flag('max_temperature_explicit'),
      float('min_temperature'),
      flag('min_temperature_explicit'),
      float('total_precipitation', 'snow_depth'),
      flag('fog', 'rain', 'snow', 'hail', 'thunder', 'tornado'),
    ),
  },
  usa_names: {
    usa_1910_2013: table(text('state', 'gender'), integer('year'), text('name'), integer('number')),
    usa_1910_current: table(text('state', 'gender'), integer('year'), text('name'), integer('number')),
  },
};
