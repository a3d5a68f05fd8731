// Evidence is shown as text that cannot lie: what would be invisible, or would reorder its neighbours, is shown by its code point.

export type TextSegment =
  | { readonly kind: 'plain'; readonly text: string }
  | { readonly kind: 'mark'; readonly text: string; readonly label: string; readonly name: string };

const NAMED: ReadonlyMap<number, string> = new Map([
  [0x00, 'null'],
  [0x07, 'bell'],
  [0x08, 'backspace'],
  [0x09, 'tab'],
  [0x0a, 'line feed'],
  [0x0d, 'carriage return'],
  [0x1b, 'escape'],
  [0x7f, 'delete'],
  [0xa0, 'no-break space'],
  [0xad, 'soft hyphen'],
  [0x61c, 'Arabic letter mark'],
  [0x200b, 'zero width space'],
  [0x200c, 'zero width non-joiner'],
  [0x200d, 'zero width joiner'],
  [0x200e, 'left-to-right mark'],
  [0x200f, 'right-to-left mark'],
  [0x2028, 'line separator'],
  [0x2029, 'paragraph separator'],
  [0x202a, 'left-to-right embedding'],
  [0x202b, 'right-to-left embedding'],
  [0x202c, 'pop directional formatting'],
  [0x202d, 'left-to-right override'],
  [0x202e, 'right-to-left override'],
  [0x2060, 'word joiner'],
  [0x2066, 'left-to-right isolate'],
  [0x2067, 'right-to-left isolate'],
  [0x2068, 'first strong isolate'],
  [0x2069, 'pop directional isolate'],
  [0xfeff, 'byte order mark'],
  [0xfffd, 'replacement character'],
]);

/** Ranges after Unicode 16: controls, format characters, odd spaces, blank letters, tags, variation selectors that are not emoji's, lone surrogates. */
const HIDDEN =
  '\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u00a0\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u2000-\\u200f\\u2028-\\u202f\\u205f-\\u206f\\u2800\\u3000\\u3164\\ufe00-\\ufe0e\\ufeff\\uffa0\\ufff0-\\ufffb\\u{e0000}-\\u{e0fff}\\u{1d173}-\\u{1d17a}\\ud800-\\udfff';

/** Matches one such character; tab and line feed are left to the layout. For editors. */
export const hiddenCharacter = (): RegExp => new RegExp(`[${HIDDEN}]`, 'gu');

const inBlock = new RegExp(`[${HIDDEN}]`, 'u');
const inLine = new RegExp(`[${HIDDEN}\\t\\n]`, 'u');

/** `inline`: on one line, where tab and line feed are marked too. */
export function toSegments(text: string, layout: 'inline' | 'block'): readonly TextSegment[] {
  const hidden = layout === 'inline' ? inLine : inBlock;
  if (!hidden.test(text)) return text === '' ? [] : [{ kind: 'plain', text }];
  const segments: TextSegment[] = [];
  let plain = '';
  for (const character of text) {
    if (!hidden.test(character)) {
      plain += character;
      continue;
    }
    if (plain !== '') segments.push({ kind: 'plain', text: plain });
    plain = '';
    segments.push({ kind: 'mark', text: character, ...describeCharacter(character) });
  }
  if (plain !== '') segments.push({ kind: 'plain', text: plain });
  return segments;
}

/** For places that take a string only (titles, labels): marks become `⟨U+202E⟩`. */
export const toVisibleText = (text: string): string =>
  toSegments(text, 'inline')
    .map((segment) => (segment.kind === 'plain' ? segment.text : segment.text === '\n' ? ' ' : `⟨${segment.label}⟩`))
    .join('');

export function describeCharacter(character: string): { readonly label: string; readonly name: string } {
  const codePoint = character.codePointAt(0) ?? 0;
  const code = `U+${codePoint.toString(16).toUpperCase().padStart(4, '0')}`;
  if (codePoint === 0x0a) return { label: '↵', name: `line feed, ${code}` };
  if (codePoint === 0x09) return { label: '⇥', name: `tab, ${code}` };
  if (codePoint === 0x0d) return { label: '␍', name: `carriage return, ${code}` };
  return { label: code, name: `${NAMED.get(codePoint) ?? nameOfRange(codePoint)}, ${code}` };
}

function nameOfRange(codePoint: number): string {
  if (codePoint < 0x20 || (codePoint >= 0x7f && codePoint < 0xa0)) return 'control character';
  if (codePoint >= 0xd800 && codePoint <= 0xdfff) return 'half of a surrogate pair';
  if (codePoint >= 0xe0000 && codePoint <= 0xe007f) return 'invisible tag';
  if ((codePoint >= 0xfe00 && codePoint <= 0xfe0e) || codePoint >= 0xe0100) return 'variation selector';
  return 'invisible character';
}
