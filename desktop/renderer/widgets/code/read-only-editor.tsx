import { json } from '@codemirror/lang-json';
import { sql } from '@codemirror/lang-sql';
import { foldGutter, foldKeymap } from '@codemirror/language';
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import { EditorState, type Extension } from '@codemirror/state';
import { EditorView, keymap, lineNumbers } from '@codemirror/view';
import { useEffect, useRef } from 'react';
import { GoogleSql } from './dialects.ts';
import { editorTheme } from './editor-theme.ts';
import { mountEditor } from './mount-editor.ts';
import { showHiddenCharacters } from './show-hidden-characters.ts';

export type CodeLanguage = 'sql' | 'json' | 'text';

const LANGUAGES: Record<CodeLanguage, Extension> = {
  sql: sql({ dialect: GoogleSql }),
  json: [json(), foldGutter(), keymap.of(foldKeymap)],
  text: [],
};

type Props = { readonly text: string; readonly language: CodeLanguage; readonly label: string; readonly wrap: boolean };

/** Evidence as code: highlighted, searchable, never changed. */
export default function ReadOnlyEditor({ text, language, label, wrap }: Props) {
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (host.current === null) return;
    const extensions = [
      lineNumbers(),
      LANGUAGES[language],
      highlightSelectionMatches(),
      search({ top: true }),
      keymap.of(searchKeymap),
      showHiddenCharacters,
      editorTheme,
      wrap ? EditorView.lineWrapping : [],
      EditorState.readOnly.of(true),
      EditorView.editable.of(false),
      EditorView.contentAttributes.of({
        tabindex: '0',
        role: 'textbox',
        'aria-label': label,
        'aria-multiline': 'true',
        'aria-readonly': 'true',
      }),
    ];
    const view = mountEditor(host.current, EditorState.create({ doc: text, extensions }));
    return () => view.destroy();
  }, [text, language, label, wrap]);
  return <div ref={host} className="h-full min-h-0 overflow-hidden" />;
}
