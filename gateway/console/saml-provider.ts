import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { type Profile, SAML, SamlStatusError } from '@node-saml/node-saml';
import type { SamlProvider } from '../config-people.ts';
import type { Principal } from '../exchange.ts';
import { isSubject, toGroups, toText } from '../identity/to-principal.ts';
import { type CheckedAssertion, checkAssertion } from './check-assertion.ts';
import { ConsoleProblem } from './console-problem.ts';
import { refuseOddAssertion, refuseOddLogout, refuseOddXml } from './refuse-odd-xml.ts';
import { readLogoutRequest } from './saml-logout.ts';
import type { SignInAttempt } from './sign-in-attempt.ts';

export type SamlStart = { readonly address: string; readonly attempt: SignInAttempt };
export type SamlPerson = { readonly principal: Principal; readonly assertion: CheckedAssertion; readonly logoutHint: string };

/** PEM. */
type KeyPair = { readonly key: string; readonly certificate: string };
type Files = {
  readonly certificates: string[];
  readonly signing: KeyPair | undefined;
  readonly decryption: KeyPair | undefined;
};

/** `until`: when it would be refused anyway. `sessionIndex`: undefined ends all of the person's. `address`: where the provider waits to hear of it. */
export type SamlLogout = {
  readonly id: string;
  readonly until: number;
  readonly nameId: string;
  readonly sessionIndex: string | undefined;
  readonly address: string | undefined;
};

const skewMs = 60_000;
const logoutMs = 5 * 60_000;

/** Sign-in at one SAML 2.0 identity provider (Web Browser SSO: request by redirect, response by POST). Never unsolicited. */
export class SamlSignIn {
  readonly provider: SamlProvider;
  readonly #assertionUrl: string;
  readonly #audience: string;
  readonly #signOutUrl: string;
  readonly #now: () => number;
  #files: Promise<Files> | undefined;

  constructor(provider: SamlProvider, consoleUrl: string, now: () => number = Date.now) {
    this.provider = provider;
    const own = `${consoleUrl}/saml/${provider.name}`;
    this.#assertionUrl = `${own}/acs`;
    this.#signOutUrl = `${own}/slo`;
    this.#audience = provider.audience ?? own;
    this.#now = now;
  }

  get title(): string {
    return this.provider.title ?? this.provider.name;
  }

  /** For the identity provider's administrator (SAML 2.0 Metadata §2.4.4). */
  async metadata(): Promise<string> {
    const { signing, decryption } = await this.#read();
    return (await this.#saml()).generateServiceProviderMetadata(decryption?.certificate ?? null, signing?.certificate ?? null);
  }

  async start(): Promise<SamlStart> {
    const id = `_${randomBytes(20).toString('hex')}`;
    const saml = await this.#saml(id);
    return { address: await saml.getAuthorizeUrlAsync('', undefined, {}), attempt: { kind: 'saml', provider: this.provider.name, id } };
  }

  /** `message`: base64, as the browser posted it. Which browser that was is not known yet. */
  async accept(message: string): Promise<SamlPerson> {
    const xml = Buffer.from(message, 'base64').toString('utf8');
    const odd = refuseOddXml(xml, { mayBeEncrypted: this.provider.decryption !== undefined });
    if (odd !== undefined) throw this.#refused(odd);
    const profile = await this.#validate(message);
    // What was encrypted was not seen until now.
    const oddInside = refuseOddAssertion(profile.getAssertionXml?.() ?? '');
    if (oddInside !== undefined) throw this.#refused(oddInside);
    const destination = /^[^>]*?<(?:[\w.-]+:)?Response\s[^>]*?\sDestination\s*=\s*(["'])(.*?)\1/s.exec(xml)?.[2];
    if (destination !== undefined && destination !== this.#assertionUrl) throw this.#refused('it was sent to another destination');
    const assertion = checkAssertion(profile.getAssertion?.(), {
      issuer: this.provider.entityId,
      audience: this.#audience,
      recipient: this.#assertionUrl,
      now: this.#now(),
    });
    if (typeof assertion === 'string') throw this.#refused(assertion);
    return { principal: this.#toPrincipal(profile, assertion), assertion, logoutHint: toLogoutHint(profile, assertion) };
  }

  /**
   * The provider ends a session of its own accord (SAML 2.0 Profiles §4.4). `query`: of the address, when the request came so, as the
   * browser sent it; else `message`, as it was posted.
   */
  async acceptLogout(request: { readonly query: string } | { readonly message: string }): Promise<SamlLogout> {
    const { certificates } = await this.#read();
    const read = await readLogoutRequest(request, certificates);
    if (typeof read === 'string') throw this.#refused(read);
    const odd = refuseOddLogout(read.xml) ?? this.#findLogoutMistake(read.xml);
    if (odd !== undefined) throw this.#refused(odd);
    const saml = await this.#saml();
    const { profile } = await ('query' in request
      ? saml.validateRedirectAsync(Object.fromEntries(new URLSearchParams(request.query)), request.query)
      : saml.validatePostRequestAsync({ SAMLRequest: request.message })
    ).catch((error: Error) => {
      throw this.#refused(describe(error), error.message);
    });
    if (profile === null || profile.issuer !== this.provider.entityId) throw this.#refused('it is of another identity provider');
    const isOfOne = (read.xml.match(/<(?:[\w.-]+:)?SessionIndex[\s>]/g) ?? []).length === 1;
    return {
      id: String(profile['ID']),
      until: this.#now() + logoutMs + skewMs,
      nameId: profile.nameID,
      sessionIndex: isOfOne ? profile.sessionIndex : undefined,
      address:
        this.provider.signOutUrl === undefined ? undefined : await saml.getLogoutResponseUrlAsync(profile, read.relayState ?? '', {}, true),
    };
  }

  #findLogoutMistake(xml: string): string | undefined {
    const attribute = (name: string): string | undefined =>
      new RegExp(`^[^>]*?<(?:[\\w.-]+:)?LogoutRequest\\s[^>]*?\\s?${name}\\s*=\\s*(["'])(.*?)\\1`, 's').exec(xml)?.[2];
    const destination = attribute('Destination');
    if (destination !== undefined && destination !== this.#signOutUrl) return 'it was sent to another destination';
    const age = this.#now() - Date.parse(attribute('IssueInstant') ?? '');
    return age < logoutMs && age > -skewMs ? undefined : 'it is expired';
  }

  /** Undefined when the provider has no address for it. */
  async signOutAddress(logoutHint: string | undefined): Promise<string | undefined> {
    if (this.provider.signOutUrl === undefined || logoutHint === undefined) return undefined;
    return (await this.#saml()).getLogoutUrlAsync(JSON.parse(logoutHint) as Profile, '', {});
  }

  async #validate(message: string): Promise<Profile> {
    try {
      const { profile } = await (await this.#saml()).validatePostResponseAsync({ SAMLResponse: message });
      if (profile === null) throw new Error('no assertion');
      return profile;
    } catch (error) {
      if (error instanceof ConsoleProblem) throw error;
      if (error instanceof SamlStatusError)
        throw new ConsoleProblem('cancelled', { provider: this.title, why: 'SAML status' }, error.message);
      throw this.#refused(describe(error as Error), (error as Error).message);
    }
  }

  #toPrincipal({ attributes }: Profile, { nameId }: CheckedAssertion): Principal {
    const read = (name: string): unknown => (attributes as Record<string, unknown> | undefined)?.[name];
    const wanted = this.provider.attributes;
    const groups = toGroups(read(wanted.groups));
    if (!isSubject(nameId)) throw this.#refused('its NameID is not usable');
    if (groups === undefined) throw this.#refused(`its attribute "${wanted.groups}" is no list of group names`);
    const email = toText(read(wanted.email)) ?? (nameId.includes('@') ? nameId : undefined);
    const name = toText(read(wanted.name));
    return {
      kind: 'person',
      issuer: this.provider.entityId,
      subject: nameId,
      groups,
      actChain: [],
      ...(email === undefined ? {} : { email }),
      ...(name === undefined ? {} : { name }),
    };
  }

  async #saml(requestId?: string): Promise<SAML> {
    const { certificates, signing, decryption } = await this.#read();
    return new SAML({
      issuer: this.#audience,
      audience: this.#audience,
      callbackUrl: this.#assertionUrl,
      entryPoint: this.provider.signInUrl,
      logoutUrl: this.provider.signOutUrl ?? this.provider.signInUrl,
      logoutCallbackUrl: this.#signOutUrl,
      idpCert: certificates,
      wantAssertionsSigned: true,
      wantAuthnResponseSigned: this.provider.wantResponseSigned,
      acceptedClockSkewMs: skewMs,
      identifierFormat: null,
      disableRequestedAuthnContext: true,
      ...(signing === undefined ? {} : { privateKey: signing.key, signatureAlgorithm: 'sha256', digestAlgorithm: 'sha256' }),
      ...(decryption === undefined ? {} : { decryptionPvk: decryption.key }),
      ...(requestId === undefined ? {} : { generateUniqueId: () => requestId }),
    });
  }

  #read(): Promise<Files> {
    this.#files ??= readFiles(this.provider).catch((error: unknown) => {
      this.#files = undefined;
      throw new ConsoleProblem('failed', {}, String(error));
    });
    return this.#files;
  }

  #refused(why: string, detail?: string): ConsoleProblem {
    return new ConsoleProblem('refused', { provider: this.title, why }, detail);
  }
}

async function readFiles({ certificateFiles, signing, decryption }: SamlProvider): Promise<Files> {
  const certificates = await Promise.all(certificateFiles.map((file) => readFile(file, 'utf8')));
  return { certificates, signing: await readPair(signing), decryption: await readPair(decryption) };
}

async function readPair(files: SamlProvider['signing']): Promise<KeyPair | undefined> {
  if (files === undefined) return undefined;
  const [key, certificate] = await Promise.all([readFile(files.keyFile, 'utf8'), readFile(files.certificateFile, 'utf8')]);
  return { key, certificate };
}

/** Never echoes what was sent. */
function describe({ message }: Error): string {
  if (/signature/i.test(message)) return 'its signature does not fit';
  if (/expired|not yet valid/.test(message)) return message.includes('expired') ? 'it is expired' : 'it is not valid yet';
  if (/audience/i.test(message)) return 'it is for another audience';
  return 'it is no valid SAML response';
}

function toLogoutHint({ nameIDFormat, sessionIndex, nameQualifier, spNameQualifier }: Profile, { nameId }: CheckedAssertion): string {
  return JSON.stringify({ nameID: nameId, nameIDFormat, sessionIndex, nameQualifier, spNameQualifier });
}
