/** BigQuery puts the number of the file where the `*` is: twelve digits, from zero. */
export const toShardUri = (uri: string, shard: number): string => uri.replace('*', String(shard).padStart(12, '0'));
