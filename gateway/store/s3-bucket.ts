// The SDK is loaded with this file: only open-store.ts leads here, and only where storage.s3 is set.
import { S3Client, type ServiceInputTypes, type ServiceOutputTypes } from '@aws-sdk/client-s3';
import type { S3Config } from '../config-storage.ts';
import { StoreUnavailable } from './recording-store.ts';
import { readCredentials } from './s3-credentials.ts';
import { toS3Failure } from './s3-failure.ts';

/** How often and how long one request is tried. */
export type Patience = { readonly attempts: number; readonly connectMs: number; readonly answerMs: number; readonly idleMs: number };

const patience: Patience = { attempts: 6, connectMs: 5_000, answerMs: 120_000, idleMs: 60_000 };

type Command<Input extends ServiceInputTypes, Output extends ServiceOutputTypes> = Parameters<
  typeof S3Client.prototype.send<Input, Output>
>[0];

/** A bucket and our prefix in it; every error it throws is an S3Failure, free of credentials, or StoreUnavailable. */
export class S3Bucket {
  readonly name: string;
  readonly settings: S3Config;
  readonly #client: S3Client;

  constructor(settings: S3Config, { attempts, connectMs, answerMs, idleMs }: Patience = patience) {
    this.name = settings.bucket;
    this.settings = settings;
    const credentials = readCredentials(settings.credentials);
    this.#client = new S3Client({
      region: settings.region ?? 'us-east-1',
      ...(settings.endpoint === undefined ? {} : { endpoint: settings.endpoint }),
      forcePathStyle: settings.forcePathStyle ?? settings.endpoint !== undefined,
      ...(credentials === undefined ? {} : { credentials }),
      maxAttempts: attempts,
      retryMode: 'standard',
      // We send the digest of every body ourselves, and compare what comes back with the digest of the whole object.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      followRegionRedirects: false,
      requestHandler: { connectionTimeout: connectMs, requestTimeout: answerMs, throwOnRequestTimeout: true, socketTimeout: idleMs },
    });
  }

  keyOf(name: string): string {
    return `${this.settings.prefix}${name}`;
  }

  async send<Input extends ServiceInputTypes, Output extends ServiceOutputTypes>(command: Command<Input, Output>): Promise<Output> {
    try {
      return await this.#client.send<Input, Output>(command);
    } catch (error) {
      throw error instanceof StoreUnavailable ? error : toS3Failure(error);
    }
  }

  close(): void {
    this.#client.destroy();
  }
}

/** Sent with every new object. */
export function encryptionHeaders({ encryption }: S3Config): { ServerSideEncryption?: 'AES256' | 'aws:kms'; SSEKMSKeyId?: string } {
  if (encryption === undefined) return {};
  return encryption === 'AES256'
    ? { ServerSideEncryption: 'AES256' }
    : { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: encryption.kmsKeyId };
}
