import { rm } from 'node:fs/promises';
import { BigQueryError } from '../../../bigquery/error-envelope.ts';
import type { Answer } from '../answer.ts';
import { insertJob } from '../jobs/insert-api.ts';
import type { QueryApi } from '../jobs/query-api.ts';
import { type JsonObject, pathParam, type RestCall } from '../rest-call.ts';
import { readMultipartUpload } from './multipart-upload.ts';
import type { ResumableUploads } from './resumable-uploads.ts';

export type UploadApi = QueryApi & { readonly uploads: ResumableUploads; readonly createPath: () => string };

/** jobs.insert in all its ways: JSON alone, JSON with media, or the beginning, a chunk or the end of a resumable upload. */
export async function insertOrUploadJob(api: UploadApi, call: RestCall, httpMethod: string): Promise<Answer> {
  const { upload, uploadId } = call.match;
  if (upload === undefined) return insertJob(api, call, await call.readBody());
  if (upload === 'multipart') return insertMultipart(api, call);
  if (upload === 'media') return insertMedia(api, call);
  if (uploadId === undefined) return api.uploads.begin(call, toTarget(call), await call.readBody());
  if (httpMethod === 'DELETE') return api.uploads.abandon(uploadId);
  return api.uploads.takeChunk(call, uploadId, ({ metadata, path }) => insertUploaded(api, call, metadata, path));
}

const toTarget = (call: RestCall): string => `/upload/bigquery/v2/projects/${encodeURIComponent(pathParam(call, 'projectId'))}/jobs`;

async function insertMultipart(api: UploadApi, call: RestCall): Promise<Answer> {
  const path = api.createPath();
  try {
    const { metadata } = await readMultipartUpload(call, path);
    return await insertUploaded(api, call, metadata, path);
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
}

/** Media without metadata says nothing of where it is to go. */
async function insertMedia(api: UploadApi, call: RestCall): Promise<Answer> {
  if (/^multipart\/related/i.test(call.headers['content-type'] ?? '')) return insertMultipart(api, call);
  if (/^application\/json/i.test(call.headers['content-type'] ?? '')) return insertJob(api, call, await call.readBody());
  call.stream.resume();
  throw new BigQueryError({ reason: 'required', message: 'Required parameter is missing: configuration' });
}

const insertUploaded = (api: UploadApi, call: RestCall, metadata: JsonObject, path: string): Promise<Answer> =>
  insertJob(api, call, metadata, path, () => void rm(path, { force: true }));
