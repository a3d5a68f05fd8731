import { randomUUID } from 'node:crypto';
import { open } from 'node:fs/promises';
import { BigQueryError } from '../../../bigquery/error-envelope.ts';
import type { Answer } from '../answer.ts';
import type { JsonObject, RestCall } from '../rest-call.ts';

export type FinishedUpload = { readonly metadata: JsonObject; readonly path: string };

/** Uploads in chunks: begun with a POST, carried on with PUTs that answer 308 until all is there. Protocol: Google's "resumable uploads". */
export type ResumableUploads = {
  /** Answers the address to send the chunks to. `target` is the path on our origin. */
  begin(call: RestCall, target: string, metadata: JsonObject): Answer;
  /** Takes a chunk. When it was the last, `finish` makes the answer, which a repeated chunk is given again. */
  takeChunk(call: RestCall, uploadId: string, finish: (upload: FinishedUpload) => Promise<Answer>): Promise<Answer>;
  abandon(uploadId: string): Answer;
};

type Session = {
  readonly metadata: JsonObject;
  readonly path: string;
  receivedBytes: number;
  answer: Promise<Answer> | undefined;
};

export function createResumableUploads(createPath: () => string): ResumableUploads {
  const sessions = new Map<string, Session>();
  const find = (uploadId: string): Session => {
    const session = sessions.get(uploadId);
    if (session === undefined) throw new BigQueryError({ reason: 'notFound', message: `No such upload: ${uploadId}` });
    return session;
  };
  return {
    begin(call, target, metadata) {
      const uploadId = randomUUID();
      sessions.set(uploadId, { metadata, path: createPath(), receivedBytes: 0, answer: undefined });
      const location = `${call.origin}${target}?uploadType=resumable&upload_id=${uploadId}`;
      return { headers: { location, 'x-guploader-uploadid': uploadId } };
    },
    async takeChunk(call, uploadId, finish) {
      const session = find(uploadId);
      if (session.answer !== undefined) return session.answer;
      const range = parseContentRange(call.headers['content-range']);
      if (range.start !== undefined) await append(session, range.start, call.stream);
      if (range.total === undefined || session.receivedBytes < range.total) {
        if (range.total !== undefined || !range.isOpenEnded) return toIncomplete(session);
      }
      session.answer = finish({ metadata: session.metadata, path: session.path });
      return session.answer;
    },
    abandon(uploadId) {
      find(uploadId);
      sessions.delete(uploadId);
      return { status: 499 };
    },
  };
}

type ContentRange = {
  /** Undefined: the client only asks how far it is. */
  readonly start: number | undefined;
  readonly total: number | undefined;
  /** No Content-Range at all: this body is the whole. */
  readonly isOpenEnded: boolean;
};

function parseContentRange(header: string | undefined): ContentRange {
  if (header === undefined) return { start: 0, total: undefined, isOpenEnded: true };
  const match = /^bytes (?:(\d+)-(\d+|\*)?|\*)\/(\d+|\*)$/.exec(header.trim());
  if (match === null) throw new BigQueryError({ reason: 'badRequest', message: `Invalid Content-Range: ${header}` });
  const [, start, end, total] = match;
  return {
    start: start === undefined ? undefined : Number(start),
    total: total === '*' ? undefined : Number(total),
    // gaxios sends `bytes 0-*/*` for a stream of unknown length, whose end is the end of the body.
    isOpenEnded: total === '*' && end === '*',
  };
}

const toIncomplete = ({ receivedBytes }: Session): Answer => ({
  status: 308,
  headers: receivedBytes === 0 ? {} : { range: `bytes=0-${receivedBytes - 1}` },
});

/** Bytes that are there already are passed over; a gap is not filled: the client is told how far we are. */
async function append(session: Session, start: number, stream: AsyncIterable<Uint8Array>): Promise<void> {
  const file = await open(session.path, 'a');
  let at = start;
  try {
    for await (const chunk of stream) {
      const fresh = at <= session.receivedBytes ? chunk.subarray(session.receivedBytes - at) : chunk.subarray(0, 0);
      at += chunk.byteLength;
      if (fresh.byteLength === 0) continue;
      await file.write(fresh);
      session.receivedBytes += fresh.byteLength;
    }
  } finally {
    await file.close();
  }
}
