import type { DatasetResource } from '../resource.ts';
import type { InformationView, ViewRow } from './information-view.ts';

const text = (name: string, value: string | undefined): readonly ViewRow[] =>
  value === undefined ? [] : [{ option_name: name, option_type: 'STRING', option_value: JSON.stringify(value) }];

const days = (name: string, ms: string | undefined): readonly ViewRow[] =>
  ms === undefined ? [] : [{ option_name: name, option_type: 'FLOAT64', option_value: String(Number(ms) / 86_400_000) }];

function labels({ labels: given }: DatasetResource): readonly ViewRow[] {
  const pairs = Object.entries(given ?? {}).map(([key, value]) => `STRUCT(${JSON.stringify(key)}, ${JSON.stringify(value)})`);
  return pairs.length === 0
    ? []
    : [{ option_name: 'labels', option_type: 'ARRAY<STRUCT<STRING, STRING>>', option_value: `[${pairs.join(', ')}]` }];
}

export const toDatasetOptions = (dataset: DatasetResource): readonly ViewRow[] => [
  ...text('location', dataset.location),
  ...text('description', dataset.description),
  ...text('friendly_name', dataset.friendlyName),
  ...labels(dataset),
  ...days('default_table_expiration_days', dataset.defaultTableExpirationMs),
  ...days('default_partition_expiration_days', dataset.defaultPartitionExpirationMs),
];

export const schemataOptions: InformationView = {
  columns: { catalog_name: 'STRING', schema_name: 'STRING', option_name: 'STRING', option_type: 'STRING', option_value: 'STRING' },
  rows: ({ core }, { datasets }) =>
    datasets.flatMap((reference) =>
      toDatasetOptions(core.state.dataset(reference)!).map((option) => ({
        catalog_name: reference.projectId,
        schema_name: reference.datasetId,
        ...option,
      })),
    ),
};

export const tableSnapshots: InformationView = {
  columns: {
    table_catalog: 'STRING',
    table_schema: 'STRING',
    table_name: 'STRING',
    base_table_catalog: 'STRING',
    base_table_schema: 'STRING',
    base_table_name: 'STRING',
    snapshot_time: 'TIMESTAMP',
  },
  rows: ({ core }, { datasets }) =>
    datasets
      .flatMap((dataset) => core.state.tables(dataset))
      .flatMap(({ resource: { tableReference, snapshotDefinition } }) => {
        if (!snapshotDefinition) return [];
        const { baseTableReference: base, snapshotTime } = snapshotDefinition;
        return [
          {
            table_catalog: tableReference.projectId,
            table_schema: tableReference.datasetId,
            table_name: tableReference.tableId,
            base_table_catalog: base.projectId,
            base_table_schema: base.datasetId,
            base_table_name: base.tableId,
            snapshot_time: Date.parse(snapshotTime),
          },
        ];
      }),
};

export const sessions: InformationView = {
  columns: {
    creation_time: 'TIMESTAMP',
    expiration_time: 'TIMESTAMP',
    is_active: 'BOOL',
    last_modified_time: 'TIMESTAMP',
    principal_subject: 'STRING',
    project_id: 'STRING',
    session_id: 'STRING',
    user_email: 'STRING',
  },
  rows: ({ sessions: open }, { projectId }) =>
    [...open()]
      .filter((session) => session.projectId === projectId)
      .map((session) => ({
        creation_time: session.createdAt,
        expiration_time: session.usedAt + 86_400_000,
        is_active: true,
        last_modified_time: session.usedAt,
        project_id: projectId,
        session_id: session.id,
        user_email: session.userEmail,
      })),
};
