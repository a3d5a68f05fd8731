export type BundleErrorCode =
  | 'BUNDLE_NOT_FOUND'
  | 'BUNDLE_NOT_A_BUNDLE'
  | 'BUNDLE_TRUNCATED'
  | 'BUNDLE_NEWER_VERSION'
  | 'BUNDLE_DAMAGED'
  | 'BUNDLE_ENCRYPTED'
  | 'BUNDLE_WRONG_IDENTITY'
  | 'BUNDLE_NO_ROOM';

/** A file that cannot be read as a bundle; the message is one plain sentence, or two, with the remedy. */
export class BundleError extends Error {
  readonly code: BundleErrorCode;

  constructor(code: BundleErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'BundleError';
    this.code = code;
  }
}

/** What says nothing of the bundle, but of what its reader has. */
const readersOwn: readonly BundleErrorCode[] = ['BUNDLE_ENCRYPTED', 'BUNDLE_WRONG_IDENTITY', 'BUNDLE_NO_ROOM'];

/** What was found wrong with a bundle, and so belongs into the report of its verification. */
export const isFault = (error: unknown): error is BundleError => error instanceof BundleError && !readersOwn.includes(error.code);
