import { randomUUID } from 'node:crypto';
import { appendFile } from 'node:fs/promises';
import type { FastifyRequest } from 'fastify';
import { BigQueryError } from '../../../bigquery/error-envelope.ts';
import type { ObjectStore, StoredObject } from './object-store.ts';

/** Resumable uploads of objects; clients here send chunks in order. */
export type StorageUploads = {
  begin(bucket: string, name: string, contentType: string | string[] | undefined): string;
  /** The object once it is whole, else how far it is. */
  takeChunk(uploadId: string, request: FastifyRequest): Promise<StoredObject | { readonly receivedBytes: number }>;
};

type Session = { readonly uri: string; readonly path: string; readonly contentType: string | undefined; receivedBytes: number };

export function createStorageUploads(objects: ObjectStore): StorageUploads {
  const sessions = new Map<string, Session>();
  return {
    begin(bucket, name, contentType) {
      const id = randomUUID();
      const type = Array.isArray(contentType) ? contentType[0] : contentType;
      sessions.set(id, { uri: `gs://${bucket}/${name}`, path: objects.createPath(), contentType: type, receivedBytes: 0 });
      return id;
    },
    async takeChunk(uploadId, request) {
      const session = sessions.get(uploadId);
      if (session === undefined) throw new BigQueryError({ reason: 'notFound', message: `No such upload: ${uploadId}` });
      for await (const chunk of request.raw as AsyncIterable<Buffer>) {
        await appendFile(session.path, chunk);
        session.receivedBytes += chunk.byteLength;
      }
      if (session.receivedBytes === 0) await appendFile(session.path, '');
      const total = /\/(\d+)$/.exec(request.headers['content-range'] ?? '')?.[1];
      const isOpenEnded = /-\*\/\*$/.test(request.headers['content-range'] ?? '-*/*');
      if (!isOpenEnded && (total === undefined || session.receivedBytes < Number(total))) return { receivedBytes: session.receivedBytes };
      return objects.put(session.uri, session.path, session.contentType);
    },
  };
}
