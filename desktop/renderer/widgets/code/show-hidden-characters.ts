import type { Extension } from '@codemirror/state';
import { highlightSpecialChars } from '@codemirror/view';
import { describeCharacter, hiddenCharacter } from '../../text/visible-text.ts';

/** The editor's share of visible-text.ts: the same characters, the same marks. */
export const showHiddenCharacters: Extension = highlightSpecialChars({
  specialChars: hiddenCharacter(),
  render(code) {
    const { label, name } = describeCharacter(String.fromCodePoint(code));
    const mark = document.createElement('span');
    mark.className = 'visible-mark';
    mark.textContent = label;
    mark.title = name;
    mark.setAttribute('aria-label', name);
    return mark;
  },
});
