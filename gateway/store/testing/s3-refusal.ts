/** An error as S3 answers it. */
export class S3Refusal extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export const noSuchKey = (): S3Refusal => new S3Refusal(404, 'NoSuchKey', 'The specified key does not exist.');
export const taken = (): S3Refusal =>
  new S3Refusal(412, 'PreconditionFailed', 'At least one of the pre-conditions you specified did not hold');
export const badRequest = (message: string): S3Refusal => new S3Refusal(400, 'InvalidRequest', message);
export const lockedAway = (): S3Refusal => new S3Refusal(403, 'AccessDenied', 'Access Denied because object protected by object lock.');

export const escapeXml = (text: string): string =>
  text.replaceAll(/[<>&"]/g, (each) => ({ '<': '&lt;', '>': '&gt;', '&': '&amp;', '"': '&quot;' })[each] ?? each);
