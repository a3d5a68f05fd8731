const maximumLength = 256 * 1024;

/** Signature methods and transforms that assertions may use; SHA-1, HMAC, XPath, XSLT and "with comments" are not among them. */
const acceptedForSigning = new Set([
  'http://www.w3.org/2001/10/xml-exc-c14n#',
  'http://www.w3.org/2000/09/xmldsig#enveloped-signature',
  'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
  'http://www.w3.org/2001/04/xmldsig-more#rsa-sha384',
  'http://www.w3.org/2001/04/xmldsig-more#rsa-sha512',
  'http://www.w3.org/2001/04/xmlenc#sha256',
  'http://www.w3.org/2001/04/xmldsig-more#sha384',
  'http://www.w3.org/2001/04/xmlenc#sha512',
]);

/**
 * Of encrypted assertions: authenticated ciphers alone, since answers to changed ciphertexts would give the others away (CBC, RSA 1.5).
 * SHA-1 stands here for the digest of OAEP, where it is sound.
 */
const acceptedForEncryption = new Set([
  'http://www.w3.org/2009/xmlenc11#aes128-gcm',
  'http://www.w3.org/2009/xmlenc11#aes256-gcm',
  'http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p',
  'http://www.w3.org/2000/09/xmldsig#sha1',
  'http://www.w3.org/2001/04/xmlenc#sha256',
  'http://www.w3.org/2001/04/xmlenc#sha512',
]);

const encryptedAssertion = /<((?:[\w.-]+:)?)EncryptedAssertion[\s>].*?<\/\1EncryptedAssertion\s*>/s;

/**
 * Why a SAML response must not even be parsed, or undefined. Attacks on SAML live on what two readers of one text see differently
 * (signature wrapping, comments, entities); none of it occurs in what identity providers send.
 */
export function refuseOddXml(xml: string, { mayBeEncrypted = false }: { readonly mayBeEncrypted?: boolean } = {}): string | undefined {
  const encrypted = countOf(xml, /<(?:[\w.-]+:)?EncryptedAssertion[\s/>]/g);
  if (encrypted > 0 && !mayBeEncrypted) return 'it holds an encrypted assertion, and this gateway has no key for it (decryption)';
  if (encrypted + countOf(xml, /<(?:[\w.-]+:)?Assertion[\s/>]/g) > 1) return 'it holds more than one assertion';
  if (countOf(xml, /<(?:[\w.-]+:)?Response[\s/>]/g) !== 1) return 'it does not hold exactly one response';
  const inside = encryptedAssertion.exec(xml)?.[0] ?? '';
  if (encrypted > 0 && (inside === '' || usesOther(inside, acceptedForEncryption)))
    return 'it is encrypted with an algorithm that is not accepted: AES-GCM under RSA-OAEP is';
  return refuseOddText(xml.replace(encryptedAssertion, ''));
}

/** The same of an assertion that was decrypted: then it is one, and holds nothing encrypted. */
export function refuseOddAssertion(xml: string): string | undefined {
  if (countOf(xml, /<(?:[\w.-]+:)?(?:Assertion|EncryptedAssertion|EncryptedData)[\s/>]/g) !== 1)
    return 'it does not hold exactly one assertion';
  return refuseOddText(xml);
}

/** The same of a request to sign out. */
export function refuseOddLogout(xml: string): string | undefined {
  if (countOf(xml, /<(?:[\w.-]+:)?LogoutRequest[\s/>]/g) !== 1) return 'it does not hold exactly one request to sign out';
  return refuseOddText(xml);
}

function refuseOddText(xml: string): string | undefined {
  if (xml.length > maximumLength) return 'it is too long';
  if (!xml.isWellFormed() || xml.includes('\ufffd')) return 'it is no well-formed text';
  const body = xml.replace(/^<\?xml[^?<>]*\?>/, '');
  if (body.includes('<!')) return 'it holds a comment, a CDATA section or a document type';
  if (body.includes('<?')) return 'it holds a processing instruction';
  if (countOf(body, /<(?:[\w.-]+:)?(?:Object|Manifest|XPath|RetrievalMethod)[\s/>]/g) !== 0)
    return 'its signature holds more than a signature';
  if (hasRepeatedId(body)) return 'two of its elements have the same ID';
  return usesOther(body, acceptedForSigning) ? 'it uses an algorithm that is not accepted: RSA with SHA-256 or longer is' : undefined;
}

const usesOther = (xml: string, accepted: ReadonlySet<string>): boolean =>
  [...xml.matchAll(/\sAlgorithm\s*=\s*(["'])(.*?)\1/g)].some((match) => !accepted.has(match[2]!));

const countOf = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0;

function hasRepeatedId(xml: string): boolean {
  const ids = [...xml.matchAll(/\s(?:xml:)?id\s*=\s*(["'])(.*?)\1/gi)].map((match) => match[2]!);
  return new Set(ids).size !== ids.length;
}
