import { afterAll, beforeAll, expect, test } from 'vitest';
import { createEngine } from '../create-engine.ts';
import type { Engine } from '../engine.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.close());

const run = (sql: string) => engine.query({ sql, projectId: 'p' });
const model = (modelId: string) => ({ projectId: 'p', datasetId: 'd', modelId });
const data = 'SELECT 1 AS size, "a" AS colour, 2.5 AS price';

test('a model is kept with its columns and options', async () => {
  await run(
    `CREATE MODEL d.prices OPTIONS (model_type = 'linear_reg', max_iterations = 1, learn_rate = 0.4, input_label_cols = ['price']) AS ${data}`,
  );
  expect(engine.catalog.getModel(model('prices'))).toMatchObject({
    modelType: 'LINEAR_REGRESSION',
    featureColumns: [
      { name: 'size', type: { typeKind: 'INT64' } },
      { name: 'colour', type: { typeKind: 'STRING' } },
    ],
    labelColumns: [{ name: 'price', type: { typeKind: 'FLOAT64' } }],
    trainingRuns: [{ trainingOptions: { maxIterations: '1', learnRate: 0.4 } }],
  });
  expect(engine.catalog.listModels({ projectId: 'p', datasetId: 'd' }).map(({ modelReference }) => modelReference.modelId)).toEqual([
    'prices',
  ]);
});

test.each([
  [`CREATE MODEL d.prices OPTIONS (model_type = 'kmeans') AS ${data}`, 'Already Exists: Model p:d.prices'],
  [`CREATE MODEL d.other AS ${data}`, 'Missing required option model_type'],
  [`CREATE MODEL d.other OPTIONS (model_type = 'linear_reg') AS ${data}`, 'Unable to identify the label column'],
  [`CREATE MODEL d.other OPTIONS (model_type = 'kmeans') AS SELECT nothing FROM UNNEST([1]) AS x`, 'Unrecognized name: nothing'],
  ['DROP MODEL d.absent', 'Not found: Model p:d.absent'],
])('%s: %s', async (sql, message) => {
  await expect(run(sql)).rejects.toThrow(message);
});

test('a model is replaced, described otherwise and dropped; its dataset is in use as long as it is there', async () => {
  await run(`CREATE OR REPLACE MODEL d.prices OPTIONS (model_type = 'kmeans', num_clusters = 3) AS ${data}`);
  const { labelColumns, etag } = engine.catalog.getModel(model('prices'));
  expect(labelColumns).toBeUndefined();
  expect(await engine.catalog.patchModel(model('prices'), { friendlyName: 'friend' })).toMatchObject({
    friendlyName: 'friend',
    modelType: 'KMEANS',
  });
  expect(engine.catalog.getModel(model('prices')).etag).not.toBe(etag);
  await expect(engine.catalog.deleteDataset({ projectId: 'p', datasetId: 'd' })).rejects.toThrow('still in use');
  await run('DROP MODEL d.prices');
  await run('DROP MODEL IF EXISTS d.prices');
  await engine.catalog.deleteDataset({ projectId: 'p', datasetId: 'd' });
});
