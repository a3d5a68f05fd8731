// Cloud Storage's JSON API as far as clients need it to load from and extract to `gs://`: buckets, and objects whole.
import { createReadStream, createWriteStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { BigQueryError, toErrorEnvelope } from '../../../bigquery/error-envelope.ts';
import { decodeContent, parseJsonObject, readJson, readText } from '../read-json.ts';
import { readMultipart } from '../upload/multipart-related.ts';
import type { ObjectStore, StoredObject } from './object-store.ts';
import { createStorageUploads, type StorageUploads } from './storage-uploads.ts';

type Exchange = {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly origin: string;
  readonly query: URLSearchParams;
};

const notFound = (what: string): BigQueryError => new BigQueryError({ reason: 'notFound', message: `Not Found: ${what}` });

/** A handler for the requests that are Cloud Storage's; undefined for the others. Clients of an emulator leave `/storage/v1` out. */
export function createMiniStorage(objects: ObjectStore): (request: FastifyRequest, reply: FastifyReply) => Promise<void> | undefined {
  const uploads = createStorageUploads(objects);
  return (request, reply) => {
    const url = new URL(request.raw.url ?? '/', 'http://storage');
    const match = /^\/(?:(upload|download)\/)?(?:storage\/v1\/)?b(?:\/([^/]+))?(?:\/(o)(?:\/(.+))?)?\/?$/.exec(url.pathname);
    if (match === null) return undefined;
    const [, side, bucket, part, name] = match;
    const exchange = { request, reply, origin: `${request.protocol}://${request.headers.host}`, query: url.searchParams };
    const path = { bucket: bucket && decodeURIComponent(bucket), isObjects: part === 'o', name: name && decodeURIComponent(name) };
    return answer(exchange, () => (side === 'upload' ? upload(objects, uploads, exchange, path.bucket!) : serve(objects, exchange, path)));
  };
}

async function answer({ reply }: Exchange, toBody: () => Promise<unknown>): Promise<void> {
  try {
    const body = await toBody();
    if (!reply.sent) await reply.send(body ?? '');
  } catch (error) {
    const known = error instanceof BigQueryError ? error : new BigQueryError({ reason: 'internalError', message: String(error) });
    await reply.code(known.code).send(toErrorEnvelope(known));
  }
}

type Path = { readonly bucket: string | undefined; readonly isObjects: boolean; readonly name: string | undefined };

async function serve(objects: ObjectStore, exchange: Exchange, { bucket, isObjects, name }: Path): Promise<unknown> {
  if (bucket === undefined) return serveBuckets(objects, exchange);
  if (!isObjects) return serveBucket(objects, exchange, bucket);
  return name === undefined ? listObjects(objects, exchange, bucket) : serveObject(objects, exchange, bucket, name);
}

async function serveBuckets(objects: ObjectStore, { request, query }: Exchange): Promise<unknown> {
  const prefix = query.get('prefix') ?? '';
  if (request.method !== 'POST')
    return {
      kind: 'storage#buckets',
      items: objects
        .buckets()
        .filter((name) => name.startsWith(prefix))
        .map(toBucket),
    };
  const { name } = await readJson(request.raw, request.headers);
  await objects.createBucket(String(name));
  return toBucket(String(name));
}

async function serveBucket(objects: ObjectStore, { request, reply }: Exchange, bucket: string): Promise<unknown> {
  if (!objects.hasBucket(bucket)) throw notFound(`bucket ${bucket}`);
  if (request.method !== 'DELETE') return toBucket(bucket);
  objects.deleteBucket(bucket);
  reply.code(204);
  return undefined;
}

async function listObjects(objects: ObjectStore, { query }: Exchange, bucket: string): Promise<unknown> {
  if (!objects.hasBucket(bucket)) throw notFound(`bucket ${bucket}`);
  return { kind: 'storage#objects', items: objects.list(bucket, query.get('prefix') ?? '').map(toResource) };
}

async function serveObject(objects: ObjectStore, { request, reply, query }: Exchange, bucket: string, name: string): Promise<unknown> {
  const object = objects.get(bucket, name);
  if (object === undefined) throw notFound(`object ${bucket}/${name}`);
  if (request.method === 'DELETE') {
    objects.delete(bucket, name);
    reply.code(204);
    return undefined;
  }
  if (query.get('alt') !== 'media') return toResource(object);
  reply.header('content-type', object.contentType).header('content-length', object.bytes);
  return createReadStream(object.path);
}

async function upload(objects: ObjectStore, uploads: StorageUploads, exchange: Exchange, bucket: string): Promise<unknown> {
  const { request, query } = exchange;
  const uploadId = query.get('upload_id');
  if (uploadId !== null) return finishUpload(await uploads.takeChunk(uploadId, request), exchange);
  const type = query.get('uploadType');
  if (type === 'multipart') return toResource(await takeMultipart(objects, request, bucket, query.get('name')));
  if (type === 'media')
    return toResource(
      await take(objects, decodeContent(request.raw, request.headers), bucket, query.get('name'), request.headers['content-type']),
    );
  const metadata = await readJson(request.raw, request.headers);
  const id = uploads.begin(bucket, String(query.get('name') ?? metadata['name']), request.headers['x-upload-content-type']);
  exchange.reply.header('location', `${exchange.origin}/upload/storage/v1/b/${bucket}/o?uploadType=resumable&upload_id=${id}`);
  return undefined;
}

async function finishUpload(state: StoredObject | { receivedBytes: number }, { reply }: Exchange): Promise<unknown> {
  if ('bucket' in state) return toResource(state);
  reply.code(308);
  if (state.receivedBytes > 0) reply.header('range', `bytes=0-${state.receivedBytes - 1}`);
  return undefined;
}

async function takeMultipart(objects: ObjectStore, request: FastifyRequest, bucket: string, name: string | null): Promise<StoredObject> {
  let metadata: Readonly<Record<string, unknown>> | undefined;
  for await (const part of readMultipart(request.raw, request.headers['content-type'] ?? '')) {
    if (metadata === undefined) metadata = parseJsonObject(await readText(part.body));
    else return take(objects, part.body, bucket, name ?? String(metadata['name']), part.headers['content-type']);
  }
  throw new BigQueryError({ reason: 'required', message: 'Media upload is missing' });
}

async function take(
  objects: ObjectStore,
  media: Readable | AsyncIterable<Uint8Array>,
  bucket: string,
  name: string | null,
  contentType: string | undefined,
): Promise<StoredObject> {
  if (name === null) throw new BigQueryError({ reason: 'required', message: 'Required parameter is missing: name' });
  const path = objects.createPath();
  await pipeline(media, createWriteStream(path));
  return objects.put(`gs://${bucket}/${name}`, path, contentType);
}

const toBucket = (name: string) => ({ kind: 'storage#bucket', id: name, name, location: 'US', storageClass: 'STANDARD' });

const toResource = ({ bucket, name, bytes, contentType, generation, updated, md5Hash, crc32c }: StoredObject) => ({
  kind: 'storage#object',
  id: `${bucket}/${name}/${generation}`,
  bucket,
  name,
  generation,
  metageneration: '1',
  contentType,
  size: String(bytes),
  md5Hash,
  crc32c,
  timeCreated: updated.toISOString(),
  updated: updated.toISOString(),
});
