export const isDigit = (code: number): boolean => code >= 48 && code <= 57;

/** ASCII letters and the underscore: what an unquoted name starts with. */
export const isNameStart = (code: number): boolean => (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95;

export const isNamePart = (code: number): boolean => isNameStart(code) || isDigit(code);

/** ASCII blanks and the Unicode spaces that ZetaSQL skips. */
export function isBlank(code: number): boolean {
  if (code < 0xa0) return code === 32 || (code >= 8 && code <= 13);
  return code === 0xa0 || code === 0x1680 || (code >= 0x2000 && code <= 0x200a) || code === 0x202f || code === 0x205f || code === 0x3000;
}
