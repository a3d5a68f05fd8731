import type { BucketState, Version } from './s3-bucket-state.ts';
import type { Answer, Asked } from './s3-operations.ts';
import { escapeXml } from './s3-refusal.ts';

/** Continuation tokens are opaque: whoever reads a key out of one, or makes one, fails. */
const toToken = (key: string): string => Buffer.from(key).toString('base64url').split('').reverse().join('');
const fromToken = (token: string): string => Buffer.from(token.split('').reverse().join(''), 'base64url').toString();

export function listObjects(bucket: BucketState, { query, pageSize }: Asked): Answer {
  const prefix = query.get('prefix') ?? '';
  const token = query.get('continuation-token');
  const after = token === null ? (query.get('start-after') ?? '') : fromToken(token);
  const current = bucket.all(prefix).filter((each) => bucket.current(each.key) === each && each.key > after);
  const page = current.slice(0, pageSize);
  const more = current.length > page.length;
  const next = more ? `<NextContinuationToken>${toToken(page.at(-1)!.key)}</NextContinuationToken>` : '';
  return {
    status: 200,
    xml: `<ListBucketResult><IsTruncated>${more}</IsTruncated>${next}${page.map(contents).join('')}</ListBucketResult>`,
  };
}

const contents = ({ key, etag, blob, at }: Version): string =>
  `<Contents><Key>${escapeXml(key)}</Key><ETag>${escapeXml(etag)}</ETag><Size>${blob.bytes}</Size><LastModified>${new Date(at).toISOString()}</LastModified></Contents>`;

export function listVersions(bucket: BucketState, { query, pageSize }: Asked): Answer {
  const prefix = query.get('prefix') ?? '';
  const [keyMarker, versionMarker] = [query.get('key-marker') ?? '', query.get('version-id-marker')];
  const all = bucket.all(prefix);
  const from =
    versionMarker === null
      ? all.findIndex((each) => each.key > keyMarker)
      : 1 + all.findIndex((each) => each.versionId === versionMarker && each.key === keyMarker);
  const rest = from < 0 ? [] : all.slice(from);
  const page = rest.slice(0, pageSize);
  const more = rest.length > page.length;
  const last = page.at(-1);
  const next =
    more && last !== undefined
      ? `<NextKeyMarker>${escapeXml(last.key)}</NextKeyMarker><NextVersionIdMarker>${last.versionId}</NextVersionIdMarker>`
      : '';
  return {
    status: 200,
    xml: `<ListVersionsResult><IsTruncated>${more}</IsTruncated>${next}${page.map((each) => versionXml(bucket, each)).join('')}</ListVersionsResult>`,
  };
}

function versionXml(bucket: BucketState, version: Version): string {
  const { key, versionId, isMarker, blob, at } = version;
  const isLatest = bucket.newest(key) === version;
  const common = `<Key>${escapeXml(key)}</Key><VersionId>${versionId}</VersionId><IsLatest>${isLatest}</IsLatest><LastModified>${new Date(at).toISOString()}</LastModified>`;
  return isMarker ? `<DeleteMarker>${common}</DeleteMarker>` : `<Version>${common}<Size>${blob.bytes}</Size></Version>`;
}

export function listUploads(bucket: BucketState, { query }: Asked): Answer {
  const found = [...bucket.uploads].filter(([, { key }]) => key.startsWith(query.get('prefix') ?? ''));
  const xml = found.map(
    ([id, { key, started }]) =>
      `<Upload><Key>${escapeXml(key)}</Key><UploadId>${id}</UploadId><Initiated>${new Date(started).toISOString()}</Initiated></Upload>`,
  );
  return { status: 200, xml: `<ListMultipartUploadsResult><IsTruncated>false</IsTruncated>${xml.join('')}</ListMultipartUploadsResult>` };
}
