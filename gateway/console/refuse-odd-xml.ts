const maximumLength = 256 * 1024;

/** Signature methods and transforms that assertions may use; SHA-1, HMAC, XPath, XSLT and "with comments" are not among them. */
const accepted = new Set([
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
 * Why a SAML message must not even be parsed, or undefined. Attacks on SAML live on what two readers of one text see differently
 * (signature wrapping, comments, entities); none of it occurs in what identity providers send.
 */
export function refuseOddXml(xml: string): string | undefined {
  if (xml.length > maximumLength) return 'it is too long';
  if (!xml.isWellFormed() || xml.includes('\ufffd')) return 'it is no well-formed text';
  const body = xml.replace(/^<\?xml[^?<>]*\?>/, '');
  if (body.includes('<!')) return 'it holds a comment, a CDATA section or a document type';
  if (body.includes('<?')) return 'it holds a processing instruction';
  if (countOf(body, /<(?:[\w.-]+:)?Assertion[\s/>]/g) > 1) return 'it holds more than one assertion';
  if (countOf(body, /<(?:[\w.-]+:)?EncryptedAssertion[\s/>]/g) !== 0) return 'it holds an encrypted assertion, which is not offered';
  if (countOf(body, /<(?:[\w.-]+:)?Response[\s/>]/g) !== 1) return 'it does not hold exactly one response';
  if (countOf(body, /<(?:[\w.-]+:)?(?:Object|Manifest|XPath|RetrievalMethod)[\s/>]/g) !== 0)
    return 'its signature holds more than a signature';
  if (hasRepeatedId(body)) return 'two of its elements have the same ID';
  const algorithm = [...body.matchAll(/\sAlgorithm\s*=\s*(["'])(.*?)\1/g)].find((match) => !accepted.has(match[2]!));
  return algorithm === undefined ? undefined : 'it uses an algorithm that is not accepted: RSA with SHA-256 or longer is';
}

const countOf = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0;

function hasRepeatedId(xml: string): boolean {
  const ids = [...xml.matchAll(/\s(?:xml:)?id\s*=\s*(["'])(.*?)\1/gi)].map((match) => match[2]!);
  return new Set(ids).size !== ids.length;
}
