import { randomBytes } from 'node:crypto';
import { EncryptJWT, jwtDecrypt } from 'jose';
import * as z from 'zod';

const shape = z.object({
  kind: z.enum(['oidc', 'saml', 'grant']),
  /** Name of the identity provider; of a grant, of the connection. */
  provider: z.string(),
  /** OIDC and OAuth: state, SAML: id of the request. */
  id: z.string(),
  nonce: z.string().optional(),
  verifier: z.string().optional(),
  /** Of a grant: the login that it began in. */
  login: z.string().optional(),
});
/** A sign-in, or an authorisation, that has begun in one browser. */
export type SignInAttempt = z.output<typeof shape>;

export const attemptSeconds = 600;
const audience = 'urn:steno:console:sign-in';

/**
 * What a browser must bring back to finish what it began. It travels encrypted in its cookie, so that sign-ins that nobody finishes
 * cost the gateway nothing; a restart ends those under way.
 */
export class SignInAttempts {
  readonly #key = randomBytes(32);

  seal(attempt: SignInAttempt): Promise<string> {
    return new EncryptJWT({ ...attempt })
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
      .setAudience(audience)
      .setExpirationTime(`${attemptSeconds}s`)
      .encrypt(this.#key);
  }

  async open(cookie: string | undefined, kind: SignInAttempt['kind'], provider: string): Promise<SignInAttempt | undefined> {
    if (cookie === undefined) return undefined;
    try {
      const { payload } = await jwtDecrypt(cookie, this.#key, {
        audience,
        keyManagementAlgorithms: ['dir'],
        contentEncryptionAlgorithms: ['A256GCM'],
      });
      const attempt = shape.parse(payload);
      return attempt.kind === kind && attempt.provider === provider ? attempt : undefined;
    } catch {
      return undefined;
    }
  }
}
