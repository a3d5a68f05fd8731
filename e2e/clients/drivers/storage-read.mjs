// `node storage-read.mjs ACTION PACKAGE`: the Storage Read API's own client, over gRPC.
import { createRequire } from 'node:module';
import { print } from './statements.ts';

const [, , action, packageName] = process.argv;
const require = createRequire(`${process.env.CLIENT_PACKAGES}/package.json`);
const { BigQueryReadClient } = require(packageName);

const actions = {
  denied: async () => {
    const client = new BigQueryReadClient();
    const [session] = await client.createReadSession({
      parent: 'projects/acme',
      readSession: { table: 'projects/acme/datasets/hr/tables/salaries', dataFormat: 'ARROW' },
      maxStreamCount: 1,
    });
    return session;
  },
};

await print(actions[action]);
