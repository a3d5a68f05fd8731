// A model is kept and not trained: what it was made from and how can be listed and read; ML functions and its export are refused by name.
import type { CreateModelStatement } from '../../../googlesql/syntax/ast-ddl.ts';
import type { Query } from '../../../googlesql/syntax/ast-query.ts';
import { createModel } from '../catalog/model-operations.ts';
import { createDuplicate, createInvalidQuery, modelText } from '../failure.ts';
import type { OutcomeFacts } from '../query/outcome.ts';
import { toStandardType } from '../query/sql-types.ts';
import type { StatementContext } from '../query/statement-context.ts';
import type { ModelColumn } from '../resource.ts';
import { checkNoTransaction, toTargetInDataset } from './ddl-target.ts';
import { type OptionValue, type OptionValues, optionValues } from './option-values.ts';

export async function createModelOfQuery(context: StatementContext, statement: CreateModelStatement): Promise<OutcomeFacts> {
  checkNoTransaction(context, 'CREATE MODEL');
  const { core } = context.world;
  const query = checkTrainable(statement);
  const { tableId: modelId, ...dataset } = await toTargetInDataset(context, statement.name);
  const modelReference = { ...dataset, modelId };
  const existing = core.state.model(modelReference);
  if (existing && statement.isIfNotExists) return { ddlOperationPerformed: 'SKIP' };
  if (existing && !statement.isOrReplace) throw createDuplicate('Model', modelText(modelReference));
  const options = statement.options ? await optionValues(context, statement.options) : {};
  const columns = context.analyze(query).duck.columns.map(({ name, type }) => ({ name, type: toStandardType(type) }));
  const content = { modelType: toModelType(options), ...splitColumns(columns, options), trainingRuns: [toTrainingRun(options)] };
  await createModel(core, { modelReference, ...content }, statement.isOrReplace);
  return { ddlOperationPerformed: existing ? 'REPLACE' : 'CREATE' };
}

function checkTrainable({ query, isRemote, connection, transform, namedQueries }: CreateModelStatement): Query {
  if (isRemote || connection) throw createInvalidQuery('CREATE MODEL with REMOTE WITH CONNECTION is not supported by the sandbox');
  if (transform.length > 0) throw createInvalidQuery('CREATE MODEL with TRANSFORM is not supported by the sandbox');
  if (!query || namedQueries.length > 0)
    throw createInvalidQuery('CREATE MODEL without one query to train from is not supported by the sandbox');
  return query;
}

/** Names of REST for those of SQL. https://cloud.google.com/bigquery/docs/reference/rest/v2/models#modeltype */
const modelTypes: Readonly<Record<string, string>> = {
  linear_reg: 'LINEAR_REGRESSION',
  logistic_reg: 'LOGISTIC_REGRESSION',
  arima: 'ARIMA_PLUS',
  dnn_linear_combined_classifier: 'DNN_LINEAR_COMBINED_CLASSIFIER',
};

function toModelType({ model_type: type }: OptionValues): string {
  if (typeof type !== 'string') throw createInvalidQuery('Missing required option model_type');
  return modelTypes[type.toLowerCase()] ?? type.toUpperCase();
}

const unsupervised = /^(kmeans|pca|autoencoder|matrix_factorization|arima.*)$/i;

/** Labels are what `input_label_cols` names, else the column `label`. */
function splitColumns(columns: readonly ModelColumn[], { model_type: type, input_label_cols: given }: OptionValues) {
  if (unsupervised.test(String(type))) return { featureColumns: columns };
  const labels = toNames(given) ?? ['label'];
  const isLabel = ({ name }: ModelColumn): boolean => labels.includes(name.toLowerCase());
  if (!columns.some(isLabel))
    throw createInvalidQuery(`Unable to identify the label column. There is no column ${labels.join(', ')}: name it with input_label_cols`);
  return { featureColumns: columns.filter((column) => !isLabel(column)), labelColumns: columns.filter(isLabel) };
}

const toNames = (value: OptionValue | undefined): readonly string[] | undefined =>
  Array.isArray(value) ? value.map((each) => String(each).toLowerCase()) : undefined;

function toTrainingRun({ model_type: _type, ...options }: OptionValues) {
  const entries = Object.entries(options).map(([name, value]) => [toCamelCase(name), toRestValue(value)] as const);
  return { startTime: new Date().toISOString(), trainingOptions: Object.fromEntries(entries) };
}

const toCamelCase = (name: string): string => name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

/** Enumerations in capitals, whole numbers as text, as everywhere in REST. */
function toRestValue(value: OptionValue): unknown {
  if (typeof value === 'string') return value.toUpperCase();
  return typeof value === 'number' && Number.isInteger(value) ? String(value) : value;
}
