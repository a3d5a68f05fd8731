import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { BigQueryError } from '../../../bigquery/error-envelope.ts';
import { decodeContent, parseJsonObject, readText } from '../read-json.ts';
import type { JsonObject, RestCall } from '../rest-call.ts';
import { readMultipart } from './multipart-related.ts';

export type Upload = { readonly metadata: JsonObject; readonly path: string };

/** Reads a `multipart/related` upload: its first part is the resource, its second the media, which goes to the file at `path`. */
export async function readMultipartUpload(call: RestCall, path: string): Promise<Upload> {
  const contentType = call.headers['content-type'] ?? '';
  let metadata: JsonObject | undefined;
  let hasMedia = false;
  for await (const part of readMultipart(decodeContent(call.stream, call.headers), contentType)) {
    if (metadata === undefined) metadata = parseJsonObject(await readText(part.body));
    else if (hasMedia) throw new BigQueryError({ reason: 'badRequest', message: 'Malformed multipart body: it has more than two parts' });
    else {
      await pipeline(part.body, createWriteStream(path));
      hasMedia = true;
    }
  }
  if (metadata !== undefined && hasMedia) return { metadata, path };
  throw new BigQueryError({ reason: 'required', message: 'Media upload is missing: the body needs a JSON part and a media part' });
}
