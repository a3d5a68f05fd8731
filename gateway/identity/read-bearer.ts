import { Refusal } from '../errors.ts';

export const maximumTokenLength = 16_384;

/**
 * The one Bearer token of a request, from its raw headers (names and values in turn): Node's parsed headers hide repeats.
 * Throws the refusal when there is none, more than one, or one of another scheme.
 */
export function readBearer(rawHeaders: readonly string[]): string {
  let value: string | undefined;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]!;
    if (name.length !== 13 || name.toLowerCase() !== 'authorization') continue;
    if (value !== undefined) throw new Refusal('IDENTITY_BAD_TOKEN', { why: 'more than one Authorization header' });
    value = rawHeaders[index + 1]!;
  }
  if (value === undefined || value === '') throw new Refusal('IDENTITY_NO_TOKEN');
  const token = /^bearer +([\x21-\x7e]+)$/i.exec(value)?.[1];
  if (token === undefined) throw new Refusal('IDENTITY_BAD_TOKEN', { why: 'the Authorization header is not "Bearer TOKEN"' });
  if (token.length > maximumTokenLength)
    throw new Refusal('IDENTITY_BAD_TOKEN', { why: `the token is longer than ${maximumTokenLength} characters` });
  return token;
}
