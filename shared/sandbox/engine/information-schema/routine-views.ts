import { typeText } from '../../../googlesql/types/sql-type.ts';
import type { QueryWorld } from '../query/query-world.ts';
import { parseStandardType } from '../query/sql-types.ts';
import type { RoutineResource } from '../resource.ts';
import type { InformationScope } from './find-information-schema.ts';
import type { InformationView, ViewRow } from './information-view.ts';
import { toYesNo } from './yes-no.ts';

const routinesOf = ({ core }: QueryWorld, { datasets }: InformationScope): readonly RoutineResource[] =>
  datasets.flatMap((dataset) => core.state.routines(dataset));

const routineKey = ({ routineReference: { projectId, datasetId, routineId } }: RoutineResource): ViewRow => ({
  specific_catalog: projectId,
  specific_schema: datasetId,
  specific_name: routineId,
});
const routineKeyColumns = { specific_catalog: 'STRING', specific_schema: 'STRING', specific_name: 'STRING' };

const routineTypes: Readonly<Record<RoutineResource['routineType'], string>> = {
  SCALAR_FUNCTION: 'FUNCTION',
  AGGREGATE_FUNCTION: 'FUNCTION',
  TABLE_VALUED_FUNCTION: 'TABLE FUNCTION',
  PROCEDURE: 'PROCEDURE',
};

export const routines: InformationView = {
  columns: {
    ...routineKeyColumns,
    routine_catalog: 'STRING',
    routine_schema: 'STRING',
    routine_name: 'STRING',
    routine_type: 'STRING',
    data_type: 'STRING',
    routine_body: 'STRING',
    routine_definition: 'STRING',
    external_language: 'STRING',
    is_deterministic: 'STRING',
    security_type: 'STRING',
    created: 'TIMESTAMP',
    last_altered: 'TIMESTAMP',
    ddl: 'STRING',
  },
  rows: (world, scope) =>
    routinesOf(world, scope).map((routine) => ({
      ...routineKey(routine),
      routine_catalog: routine.routineReference.projectId,
      routine_schema: routine.routineReference.datasetId,
      routine_name: routine.routineReference.routineId,
      routine_type: routineTypes[routine.routineType],
      data_type: routine.returnType && typeText(parseStandardType(routine.returnType)),
      routine_body: routine.language === 'SQL' ? 'SQL' : 'EXTERNAL',
      routine_definition: routine.definitionBody,
      external_language: routine.language === 'SQL' ? null : routine.language,
      is_deterministic: routine.language === 'SQL' ? null : toYesNo(routine.determinismLevel !== 'NOT_DETERMINISTIC'),
      created: Number(routine.creationTime),
      last_altered: Number(routine.lastModifiedTime),
    })),
};

export const parameters: InformationView = {
  columns: {
    ...routineKeyColumns,
    ordinal_position: 'INT64',
    parameter_mode: 'STRING',
    is_result: 'STRING',
    parameter_name: 'STRING',
    data_type: 'STRING',
    parameter_default: 'STRING',
    is_aggregate: 'STRING',
  },
  rows: (world, scope) =>
    routinesOf(world, scope).flatMap((routine) =>
      (routine.arguments ?? []).map(({ name, mode, dataType }, index) => ({
        ...routineKey(routine),
        ordinal_position: index + 1,
        parameter_mode: routine.routineType === 'PROCEDURE' ? (mode ?? 'IN') : null,
        is_result: 'NO',
        parameter_name: name,
        data_type: dataType && dataType.typeKind !== 'TABLE' ? typeText(parseStandardType(dataType)) : 'ANY TYPE',
      })),
    ),
};

export const routineOptions: InformationView = {
  columns: { ...routineKeyColumns, option_name: 'STRING', option_type: 'STRING', option_value: 'STRING' },
  rows: (world, scope) =>
    routinesOf(world, scope).flatMap((routine) =>
      routine.description === undefined
        ? []
        : [
            {
              ...routineKey(routine),
              option_name: 'description',
              option_type: 'STRING',
              option_value: JSON.stringify(routine.description),
            },
          ],
    ),
};
