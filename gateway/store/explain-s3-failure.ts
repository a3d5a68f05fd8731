import { StoreUnavailable } from './recording-store.ts';
import { S3Failure, toS3Failure } from './s3-failure.ts';

const credentials = 'Check storage.s3.credentials, or what the default chain finds (AWS_ACCESS_KEY_ID, ~/.aws, the role of the machine).';
const region = 'Set storage.s3.region to the region of the bucket.';
const network =
  'Check storage.s3.endpoint, the name service and the firewall; nothing is known to have been written, so it is safe to repeat.';
const busy = 'S3 asks for patience: what was asked can be repeated.';

const remedies: Record<string, string> = {
  CredentialsProviderError: credentials,
  InvalidAccessKeyId: credentials,
  SignatureDoesNotMatch: `The secret key is not the one of the access key, or something on the way changes requests. ${credentials}`,
  ExpiredToken: `The session token ran out. ${credentials}`,
  ExpiredTokenException: `The session token ran out. ${credentials}`,
  InvalidToken: credentials,
  RequestTimeTooSkewed: 'The clock of this machine is wrong: let it follow a time server (chrony, systemd-timesyncd).',
  PermanentRedirect: region,
  AuthorizationHeaderMalformed: region,
  IllegalLocationConstraintException: region,
  NoSuchBucket: 'Make the bucket, or correct storage.s3.bucket and storage.s3.endpoint.',
  InvalidBucketName: 'Correct storage.s3.bucket.',
  AccessDenied: 'Grant what docs/storage.md lists (s3:PutObject, s3:GetObject, s3:ListBucket, …) on the bucket and on what is in it.',
  Forbidden: 'Grant what docs/storage.md lists (s3:PutObject, s3:GetObject, s3:ListBucket, …) on the bucket and on what is in it.',
  NotImplemented: 'This S3 lacks something that Steno needs: `steno store check` tells what.',
  KMSDisabled: 'Enable the key of storage.s3.encryption.',
  SlowDown: busy,
  InternalError: busy,
  ServiceUnavailable: busy,
  ENOTFOUND: network,
  ECONNREFUSED: network,
  ECONNRESET: network,
  EPIPE: network,
  ETIMEDOUT: network,
  TimeoutError: network,
};

/** Runs an action on the bucket; what S3 refused and nobody below expected becomes StoreUnavailable with its remedy. */
export async function explainS3Failure<Value>(bucket: string, action: () => Promise<Value>): Promise<Value> {
  try {
    return await action();
  } catch (error) {
    throw explained(bucket, error);
  }
}

export function explained(bucket: string, error: unknown): unknown {
  if (!(error instanceof S3Failure)) return error;
  const remedy =
    remedies[error.code] ??
    ((error.status ?? 0) >= 500 ? busy : 'See what the answer says; `steno store check` tries each operation by itself.');
  return new StoreUnavailable(`The bucket ${bucket} cannot be used: ${toS3Failure(error).message}`, remedy, { cause: error });
}
