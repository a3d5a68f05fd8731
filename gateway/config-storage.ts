// Where sealed recordings are kept: a folder of this machine's disk, or a bucket of S3 or of what speaks its protocol.
import { resolve } from 'node:path';
import * as z from 'zod';
import { isLoopback } from './config-people.ts';

const endpoint = z.string().refine((text) => {
  const url = URL.parse(text);
  if (url === null || url.username !== '' || url.search !== '' || url.hash !== '') return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname));
}, 'must be an https address without user, query or fragment (http is accepted for loopback only); keys belong into credentials');

const s3 = z
  .strictObject({
    bucket: z
      .string()
      .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'must be the name of a bucket: 3 to 63 lower-case letters, digits, dashes and dots'),
    /** What all our keys in the bucket begin with. */
    prefix: z
      .string()
      .regex(/^([A-Za-z0-9_=-][A-Za-z0-9._=-]*\/)*$/, 'must end with a slash, such as steno/; letters, digits and . _ = - between slashes')
      .max(200)
      .default(''),
    region: z
      .string()
      .regex(/^[a-z0-9-]{2,40}$/, 'must be the name of a region, such as eu-central-1')
      .optional(),
    /** Of an S3 that is not Amazon's. */
    endpoint: endpoint.optional(),
    /** ENDPOINT/BUCKET instead of BUCKET.ENDPOINT; what an endpoint that is not Amazon's mostly needs, so true where one is named. */
    forcePathStyle: z.boolean().optional(),
    /** Who keeps retained objects from being deleted: the bucket, even from its owner (compliance) or but for a special right (governance), or Steno alone (none). */
    objectLock: z.enum(['compliance', 'governance', 'none'], { error: 'must be compliance, governance or none' }).default('none'),
    encryption: z
      .union([z.literal('AES256'), z.strictObject({ kmsKeyId: z.string().min(1) })], { error: 'must be AES256 or { kmsKeyId: KEY }' })
      .optional(),
    /** The default chain of Amazon's SDK (variables, profiles, roles of the machine) unless a file is named. */
    credentials: z
      .strictObject(
        { file: z.string().min(1), profile: z.string().min(1).default('default') },
        { error: 'must be { file: PATH, profile: NAME }: a file in the form of ~/.aws/credentials' },
      )
      .optional(),
  })
  .refine(({ region, endpoint: named }) => region !== undefined || named !== undefined, {
    path: ['region'],
    error: 'is missing: name the region of the bucket, such as eu-central-1',
  });

export type S3Config = z.output<typeof s3>;
export type StorageConfig = { readonly folder: string } | { readonly s3: S3Config };

export const storage = z
  .strictObject({ folder: z.string().min(1).optional(), s3: s3.optional() })
  .refine(
    ({ folder, s3: bucket }) => (folder === undefined) !== (bucket === undefined),
    'must be either { folder: PATH } or { s3: { bucket: NAME, … } }',
  )
  .transform(({ folder, s3: bucket }): StorageConfig => (bucket === undefined ? { folder: folder ?? '' } : { s3: bucket }));

export const resolveStorage = (config: StorageConfig, base: string): StorageConfig => {
  if ('folder' in config) return { folder: resolve(base, config.folder) };
  const { credentials } = config.s3;
  if (credentials === undefined) return config;
  return { s3: { ...config.s3, credentials: { ...credentials, file: resolve(base, credentials.file) } } };
};
