/** A name that no store takes: a bug of the caller, or someone's attempt to leave the store. */
export class UnusableName extends Error {
  override readonly name = 'UnusableName';

  constructor(name: string, why: string) {
    super(`${JSON.stringify(name.slice(0, 200))} cannot name an object: ${why}.`);
  }
}

/** Letters that every file system and every S3 takes without escaping; no part begins or ends with a dot, so `..` and our own dot folders are out. */
const part = /^[A-Za-z0-9_=-](?:[A-Za-z0-9._=-]*[A-Za-z0-9_=-])?$/;
const partialPart = /^(?:[A-Za-z0-9_=-][A-Za-z0-9._=-]*)?$/;
/** Windows takes these for devices, whatever the extension. */
const device = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;
const MAX_NAME = 500;
const MAX_PART = 200;

/** Throws UnusableName. */
export function checkObjectName(name: string): void {
  if (name.length > MAX_NAME) throw new UnusableName(name, `it has more than ${MAX_NAME} characters`);
  for (const each of name.split('/')) checkPart(name, each, part);
}

export function isObjectName(text: string): boolean {
  try {
    checkObjectName(text);
    return true;
  } catch {
    return false;
  }
}

/** The beginning of a name: whole parts as in a name, and the beginning of one. */
export function checkPrefix(prefix: string): void {
  if (prefix.length > MAX_NAME) throw new UnusableName(prefix, `it has more than ${MAX_NAME} characters`);
  const parts = prefix.split('/');
  for (const [index, each] of parts.entries()) checkPart(prefix, each, index === parts.length - 1 ? partialPart : part);
}

function checkPart(name: string, text: string, shape: RegExp): void {
  if (!shape.test(text)) {
    throw new UnusableName(name, 'its parts, between slashes, are letters, digits and . _ = - with no dot at either end');
  }
  if (text.length > MAX_PART) throw new UnusableName(name, `a part has more than ${MAX_PART} characters`);
  if (shape === part && device.test(text)) throw new UnusableName(name, 'a part is the name of a device on Windows');
}

/** As S3 orders keys: by bytes, which for these letters is by code units. */
export const compareNames = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Locks of S3 are told in whole seconds; the object must not be free before the moment asked for. */
export const toWholeSecond = (moment: Date): Date => new Date(Math.ceil(moment.getTime() / 1000) * 1000);
