const censor = '[redacted]';

/** What a credential looks like wherever it stands in a text: bearer and basic headers, JWTs, Google's tokens and keys, private keys. */
const shapes: readonly (readonly [RegExp, string])[] = [
  // Fields of a log line that are credentials by their name, whatever they hold.
  [/"(authorization|cookie|token|secret|private_key)":"(?:[^"\\]|\\.)*"/gi, `"$1":"${censor}"`],
  [/\b(Bearer|Basic)(\s+)[\w.~+/=-]{8,}/gi, `$1$2${censor}`],
  [/\beyJ[\w-]{5,}\.[\w-]{5,}(?:\.[\w-]*){1,3}/g, censor],
  [/\b(?:ya29\.|1\/\/0|GOCSPX-|AIza)[\w-]{10,}/g, censor],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[^"]*?(?:-----END [A-Z ]*PRIVATE KEY-----|(?="|$))/g, censor],
  [
    /\b((?:access|refresh|id|subject|actor|oauth|bearer)_token|client_secret|assertion|password|code_verifier)(["']?\s*[=:]\s*["']?)[^\s"'&,;}]+/gi,
    `$1$2${censor}`,
  ],
];

/** Without one of these words no shape fits: most lines are done after this one look. */
const hints =
  /authorization|cookie|"token"|private_key|bearer|basic|eyJ|ya29\.|1\/\/0|GOCSPX-|AIza|PRIVATE KEY|_token|secret|assertion|password|verifier/i;

/** The text without what looks like a credential. For logs and error messages; the record has stricter rules of its own. */
export const redactCredentials = (text: string): string =>
  !hints.test(text) ? text : shapes.reduce((left, [shape, by]) => left.replace(shape, by), text);
