// A real client in a process of its own, told where to go by environment variables only: `node ask-bigquery.ts SQL` prints the rows as JSON.
import { BigQuery } from '@google-cloud/bigquery';

const [rows] = await new BigQuery().query({ query: process.argv[2]!, params: JSON.parse(process.argv[3] ?? 'null') ?? undefined });
console.log(JSON.stringify(rows));
