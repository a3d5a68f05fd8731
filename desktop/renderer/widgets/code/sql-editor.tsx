import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { type SQLNamespace, sql } from '@codemirror/lang-sql';
import { bracketMatching, indentOnInput } from '@codemirror/language';
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import { Compartment, EditorState, Prec } from '@codemirror/state';
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
  placeholder,
} from '@codemirror/view';
import { type RefObject, useEffect, useRef } from 'react';
import type { TextSpan } from '../../../../shared/contract/failure.ts';
import { EngineSql } from './dialects.ts';
import { editorTheme } from './editor-theme.ts';
import { mountEditor } from './mount-editor.ts';
import { markProblem, problemMarks } from './problem-marks.ts';
import { showHiddenCharacters } from './show-hidden-characters.ts';
import { typeOverSelection } from './type-over-selection.ts';

/** What a toolbar may do with the editor. */
export type SqlEditorHandle = {
  /** The selected text, or all when nothing is selected. */
  readonly chosenText: () => string;
  readonly replaceAll: (text: string) => void;
  readonly insert: (text: string) => void;
  readonly focus: () => void;
};

type Props = {
  readonly initial: string;
  readonly label: string;
  readonly relations: SQLNamespace;
  readonly problem: TextSpan | undefined;
  readonly onChange: (text: string) => void;
  readonly onRun: () => void;
  readonly handle: RefObject<SqlEditorHandle | undefined>;
};

export default function SqlEditor({ initial, label, relations, problem, onChange, onRun, handle }: Props) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | undefined>(undefined);
  const language = useRef(new Compartment());
  const latest = useRef({ onChange, onRun });
  latest.current = { onChange, onRun };

  // biome-ignore lint/correctness/useExhaustiveDependencies: the editor owns its text from here on
  useEffect(() => {
    if (host.current === null) return;
    const run = (): boolean => {
      latest.current.onRun();
      return true;
    };
    const extensions = [
      lineNumbers(),
      highlightActiveLine(),
      highlightActiveLineGutter(),
      drawSelection(),
      history(),
      bracketMatching(),
      closeBrackets(),
      indentOnInput(),
      autocompletion({ icons: false, maxRenderedOptions: 12 }),
      highlightSelectionMatches(),
      search({ top: true }),
      language.current.of(sql({ dialect: EngineSql })),
      Prec.highest(keymap.of([{ key: 'Mod-Enter', run }])),
      // Escape and then Tab leaves the editor, as the editor's own accessibility notes ask for.
      keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap, ...completionKeymap, ...searchKeymap, indentWithTab]),
      typeOverSelection,
      placeholder('SELECT … FROM statement_outcome'),
      problemMarks,
      showHiddenCharacters,
      editorTheme,
      EditorView.lineWrapping,
      EditorView.contentAttributes.of({ 'aria-label': label, spellcheck: 'false', autocapitalize: 'off' }),
      EditorView.updateListener.of((update) => update.docChanged && latest.current.onChange(update.state.doc.toString())),
    ];
    const editor = mountEditor(host.current, EditorState.create({ doc: initial, extensions }));
    view.current = editor;
    handle.current = toHandle(editor);
    editor.focus();
    return () => {
      handle.current = undefined;
      editor.destroy();
    };
  }, []);

  useEffect(() => {
    view.current?.dispatch({ effects: language.current.reconfigure(sql({ dialect: EngineSql, schema: relations })) });
  }, [relations]);
  useEffect(() => {
    view.current?.dispatch({ effects: markProblem.of(problem) });
  }, [problem]);

  return <div ref={host} className="h-full min-h-0 overflow-hidden" />;
}

const toHandle = (view: EditorView): SqlEditorHandle => ({
  chosenText() {
    const { from, to } = view.state.selection.main;
    return from === to ? view.state.doc.toString() : view.state.sliceDoc(from, to);
  },
  replaceAll(text) {
    view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text }, selection: { anchor: text.length } });
    view.focus();
  },
  insert(text) {
    view.dispatch(view.state.replaceSelection(text));
    view.focus();
  },
  focus: () => view.focus(),
});
