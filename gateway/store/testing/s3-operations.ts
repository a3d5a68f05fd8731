import { createHash, randomUUID } from 'node:crypto';
import { type Received, textOf } from './s3-blob.ts';
import type { BucketState, Condition, MultipartUpload, NewObject, Retention, Version } from './s3-bucket-state.ts';
import { listObjects, listUploads, listVersions } from './s3-listings.ts';
import { badRequest, escapeXml, S3Refusal } from './s3-refusal.ts';

export type Asked = {
  readonly method: string;
  readonly key: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Received;
  readonly pageSize: number;
  readonly now: number;
};
export type Answer = {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly xml?: string;
  readonly part?: { readonly version: Version; readonly offset: number; readonly length: number };
};
type Operation = (bucket: BucketState, asked: Asked) => Answer | Promise<Answer>;

const MIN_PART_BYTES = 5 * 2 ** 20;

/** Which operation a request is; undefined for what this double does not know, so that it is noticed. */
export function nameOperation(method: string, key: string, query: URLSearchParams): string | undefined {
  const asked = [...query.keys()].filter((each) => each !== 'x-id');
  const name = `${method} ${key === '' ? 'bucket' : 'object'} ${['uploads', 'uploadId', 'versioning', 'object-lock', 'versions', 'list-type', 'retention', 'legal-hold'].find((each) => asked.includes(each)) ?? ''}`;
  return names[name.trim()];
}

const names: Record<string, string> = {
  'GET bucket versioning': 'GetBucketVersioning',
  'GET bucket object-lock': 'GetObjectLockConfiguration',
  'GET bucket list-type': 'ListObjectsV2',
  'GET bucket versions': 'ListObjectVersions',
  'GET bucket uploads': 'ListMultipartUploads',
  'HEAD object': 'HeadObject',
  'GET object': 'GetObject',
  'PUT object': 'PutObject',
  'DELETE object': 'DeleteObject',
  'POST object uploads': 'CreateMultipartUpload',
  'PUT object uploadId': 'UploadPart',
  'POST object uploadId': 'CompleteMultipartUpload',
  'DELETE object uploadId': 'AbortMultipartUpload',
  'PUT object retention': 'PutObjectRetention',
  'PUT object legal-hold': 'PutObjectLegalHold',
};

export const operations: Record<string, Operation> = {
  GetBucketVersioning: ({ versioning }) => ({
    status: 200,
    xml: `<VersioningConfiguration>${versioning === undefined ? '' : `<Status>${versioning}</Status>`}</VersioningConfiguration>`,
  }),
  GetObjectLockConfiguration: ({ objectLock }) => {
    if (!objectLock)
      throw new S3Refusal(404, 'ObjectLockConfigurationNotFoundError', 'Object Lock configuration does not exist for this bucket');
    return { status: 200, xml: '<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled></ObjectLockConfiguration>' };
  },
  ListObjectsV2: listObjects,
  ListObjectVersions: listVersions,
  ListMultipartUploads: listUploads,
  HeadObject: (bucket, asked) => readObject(bucket, asked, false),
  GetObject: (bucket, asked) => readObject(bucket, asked, true),
  PutObject: putObject,
  DeleteObject: (bucket, { key, query }) => {
    bucket.delete(key, query.get('versionId'));
    return { status: 204 };
  },
  CreateMultipartUpload: createUpload,
  UploadPart: uploadPart,
  CompleteMultipartUpload: completeUpload,
  AbortMultipartUpload: (bucket, asked) => {
    bucket.uploads.delete(findUpload(bucket, asked).id);
    return { status: 204 };
  },
  PutObjectRetention: async (bucket, { key, query, body, headers }) => {
    requireDigest(headers, body);
    const text = await textOf(body);
    const mode = /<Mode>(COMPLIANCE|GOVERNANCE)<\/Mode>/.exec(text)?.[1] as Retention['mode'] | undefined;
    const until = Date.parse(/<RetainUntilDate>([^<]+)<\/RetainUntilDate>/.exec(text)?.[1] ?? '');
    if (mode === undefined || Number.isNaN(until)) throw new S3Refusal(400, 'MalformedXML', 'The XML you provided was not well-formed');
    bucket.retain(bucket.find(key, query.get('versionId')), { mode, until });
    return { status: 200 };
  },
  PutObjectLegalHold: async (bucket, { key, query, body, headers }) => {
    requireDigest(headers, body);
    const status = /<Status>(ON|OFF)<\/Status>/.exec(await textOf(body))?.[1];
    if (status === undefined) throw new S3Refusal(400, 'MalformedXML', 'The XML you provided was not well-formed');
    bucket.checkLock(undefined, true);
    bucket.find(key, query.get('versionId')).hold = status === 'ON';
    return { status: 200 };
  },
};

function readObject(bucket: BucketState, { key, query, headers }: Asked, withBody: boolean): Answer {
  const version = bucket.find(key, query.get('versionId'));
  if (headers['if-match'] !== undefined && headers['if-match'] !== version.etag) throw new S3Refusal(412, 'PreconditionFailed', 'If-Match');
  const range = /^bytes=(\d+)-(\d+)$/.exec(headers['range'] ?? '');
  const total = version.blob.bytes;
  const offset = range === null ? 0 : Number(range[1]);
  const end = range === null ? total : Math.min(total, Number(range[2]) + 1);
  if (range !== null && offset >= total) throw new S3Refusal(416, 'InvalidRange', 'The requested range is not satisfiable');
  return {
    status: range === null ? 200 : 206,
    headers: {
      ...version.headers,
      ...lockHeaders(version),
      etag: version.etag,
      'content-length': String(end - offset),
      'last-modified': new Date(version.at).toUTCString(),
      ...(range === null ? {} : { 'content-range': `bytes ${offset}-${end - 1}/${total}` }),
      ...(bucket.versioning === undefined ? {} : { 'x-amz-version-id': version.versionId }),
      ...(headers['x-amz-checksum-mode'] === 'ENABLED' && range === null && version.checksum !== undefined
        ? { 'x-amz-checksum-sha256': version.checksum }
        : {}),
    },
    ...(withBody ? { part: { version, offset, length: end - offset } } : {}),
  };
}

const lockHeaders = ({ retention, hold }: Version): Record<string, string> => ({
  ...(retention === undefined
    ? {}
    : { 'x-amz-object-lock-mode': retention.mode, 'x-amz-object-lock-retain-until-date': new Date(retention.until).toISOString() }),
  ...(hold ? { 'x-amz-object-lock-legal-hold': 'ON' } : {}),
});

function putObject(bucket: BucketState, asked: Asked): Answer {
  const { key, headers, body } = asked;
  const digest = requireDigest(headers, body, hasLock(headers));
  const object = toObject(bucket, headers);
  const version = bucket.add(key, { ...object, blob: body, etag: `"${body.md5.toString('hex')}"`, checksum: digest }, conditionOf(headers));
  return { status: 200, headers: writtenHeaders(bucket, version) };
}

const writtenHeaders = (bucket: BucketState, { etag, versionId, checksum }: Version): Record<string, string> => ({
  etag,
  ...(bucket.versioning === undefined ? {} : { 'x-amz-version-id': versionId }),
  ...(checksum === undefined ? {} : { 'x-amz-checksum-sha256': checksum }),
});

const conditionOf = (headers: Asked['headers']): Condition => ({ ifNoneMatch: headers['if-none-match'], ifMatch: headers['if-match'] });
const hasLock = (headers: Asked['headers']): boolean => Object.keys(headers).some((each) => each.startsWith('x-amz-object-lock-'));

/** The checksum that was sent, after comparing it with the body; S3 insists on one where a lock is set. */
function requireDigest(headers: Asked['headers'], { sha256, md5 }: Received, needed = true): string | undefined {
  const sent = headers['x-amz-checksum-sha256'];
  const sentMd5 = headers['content-md5'];
  if (sent !== undefined && sent !== sha256.toString('base64'))
    throw new S3Refusal(400, 'BadDigest', 'The SHA256 you specified did not match.');
  if (sentMd5 !== undefined && sentMd5 !== md5.toString('base64')) throw new S3Refusal(400, 'BadDigest', 'The Content-MD5 did not match.');
  const other = Object.keys(headers).some((each) => each.startsWith('x-amz-checksum-crc'));
  if (needed && sent === undefined && sentMd5 === undefined && !other) {
    throw badRequest('Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests with Object Lock parameters');
  }
  return sent;
}

function toObject(bucket: BucketState, headers: Asked['headers']): Omit<NewObject, 'blob' | 'etag'> {
  const mode = headers['x-amz-object-lock-mode'] as Retention['mode'] | undefined;
  const until = headers['x-amz-object-lock-retain-until-date'];
  if ((mode === undefined) !== (until === undefined))
    throw badRequest('x-amz-object-lock-mode and -retain-until-date must both be supplied');
  const retention = mode === undefined || until === undefined ? undefined : { mode, until: Date.parse(until) };
  const hold = headers['x-amz-object-lock-legal-hold'] === 'ON';
  bucket.checkLock(retention, hold);
  const kept = Object.entries(headers).filter(([name]) => /^(x-amz-meta-|content-type$|x-amz-server-side-encryption)/.test(name));
  return { headers: Object.fromEntries(kept) as Record<string, string>, retention, hold };
}

function createUpload(bucket: BucketState, { key, headers, now }: Asked): Answer {
  const id = randomUUID();
  bucket.uploads.set(id, { key, started: now, object: toObject(bucket, headers), parts: new Map() });
  return {
    status: 200,
    xml: `<InitiateMultipartUploadResult><Key>${escapeXml(key)}</Key><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`,
  };
}

function findUpload(bucket: BucketState, { key, query }: Asked): { id: string; upload: MultipartUpload } {
  const id = query.get('uploadId') ?? '';
  const upload = bucket.uploads.get(id);
  if (upload?.key !== key) throw new S3Refusal(404, 'NoSuchUpload', 'The specified upload does not exist.');
  return { id, upload };
}

function uploadPart(bucket: BucketState, asked: Asked): Answer {
  const { upload } = findUpload(bucket, asked);
  const number = Number(asked.query.get('partNumber'));
  if (!(number >= 1 && number <= 10_000)) throw new S3Refusal(400, 'InvalidArgument', 'Part number must be from 1 to 10000');
  requireDigest(asked.headers, asked.body);
  upload.parts.set(number, asked.body);
  return { status: 200, headers: { etag: etagOf(asked.body), 'x-amz-checksum-sha256': asked.body.sha256.toString('base64') } };
}

const etagOf = ({ md5 }: Received): string => `"${md5.toString('hex')}"`;

async function completeUpload(bucket: BucketState, asked: Asked): Promise<Answer> {
  const { id, upload } = findUpload(bucket, asked);
  const listed = [...(await textOf(asked.body)).matchAll(/<Part>(.*?)<\/Part>/gs)].map(([, part]) => part!);
  const parts = listed.map((part, index) => checkPart(upload, part, index === listed.length - 1));
  if (parts.length === 0) throw new S3Refusal(400, 'MalformedXML', 'The XML you provided was not well-formed');
  const digests = parts.map(({ sha256 }) => sha256);
  const blob = { files: parts.flatMap(({ files }) => files), bytes: parts.reduce((sum, each) => sum + each.bytes, 0) };
  const checksum = `${createHash('sha256').update(Buffer.concat(digests)).digest('base64')}-${parts.length}`;
  const version = bucket.add(
    asked.key,
    { ...upload.object, blob, etag: `"${id.replaceAll('-', '')}-${parts.length}"`, checksum },
    conditionOf(asked.headers),
  );
  bucket.uploads.delete(id);
  return {
    status: 200,
    headers: writtenHeaders(bucket, version),
    xml: `<CompleteMultipartUploadResult><Key>${escapeXml(asked.key)}</Key><ETag>${escapeXml(version.etag)}</ETag></CompleteMultipartUploadResult>`,
  };
}

function checkPart({ parts }: MultipartUpload, xml: string, isLast: boolean): Received {
  const field = (name: string): string | undefined => new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1]?.replaceAll('&quot;', '"');
  const part = parts.get(Number(field('PartNumber')));
  if (part === undefined || field('ETag') !== etagOf(part))
    throw new S3Refusal(400, 'InvalidPart', 'One or more of the parts could not be found.');
  if (field('ChecksumSHA256') !== part.sha256.toString('base64'))
    throw new S3Refusal(400, 'InvalidPart', 'The checksum of a part did not match.');
  if (!isLast && part.bytes < MIN_PART_BYTES)
    throw new S3Refusal(400, 'EntityTooSmall', 'Your proposed upload is smaller than the minimum.');
  return part;
}
