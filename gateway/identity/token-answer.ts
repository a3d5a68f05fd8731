/** RFC 6749 §5.1 and RFC 8693 §2.2.1. */
export type TokenAnswer = {
  readonly access_token: string;
  readonly issued_token_type: string;
  readonly token_type: 'Bearer';
  /** Seconds. */
  readonly expires_in: number;
  readonly refresh_token?: string;
};
/** RFC 6749 §5.2. */
export type TokenProblem = { readonly error: string; readonly error_description: string };

export const accessTokenType = 'urn:ietf:params:oauth:token-type:access_token';

export const problem = (error: string, description: string): TokenProblem => ({ error, error_description: description });
