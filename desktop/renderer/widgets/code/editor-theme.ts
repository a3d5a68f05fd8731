import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import type { Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { tags } from '@lezer/highlight';

// Custom properties reach into the shadow root: one theme for both schemes, nothing to change when they do.
const theme = EditorView.theme({
  '&': { color: 'var(--fg)', backgroundColor: 'transparent', fontSize: '12px', height: '100%' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': {
    fontFamily: 'var(--mono)',
    lineHeight: '18px',
    scrollbarWidth: 'thin',
    scrollbarColor: 'var(--line-strong) transparent',
  },
  '.cm-content': { caretColor: 'var(--fg)', padding: '8px 0' },
  '.cm-line': { padding: '0 12px 0 6px' },
  '.cm-gutters': { backgroundColor: 'transparent', color: 'var(--faint)', border: 'none', paddingLeft: '4px' },
  '.cm-lineNumbers .cm-gutterElement': { minWidth: '28px', padding: '0 6px 0 4px' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'color-mix(in oklab, var(--hover) 60%, transparent)' },
  '.cm-activeLineGutter': { color: 'var(--fg)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'color-mix(in oklab, var(--accent) 26%, transparent)',
  },
  '.cm-cursor': { borderLeftColor: 'var(--fg)' },
  '.cm-matchingBracket, &.cm-focused .cm-matchingBracket': {
    backgroundColor: 'color-mix(in oklab, var(--accent) 18%, transparent)',
    outline: 'none',
  },
  '.cm-searchMatch': { backgroundColor: 'color-mix(in oklab, var(--transport-failed) 30%, transparent)' },
  '.cm-searchMatch-selected': { outline: '1px solid var(--transport-failed)' },
  '.cm-selectionMatch': { backgroundColor: 'color-mix(in oklab, var(--accent) 12%, transparent)' },
  '.cm-panels': { backgroundColor: 'var(--raised)', color: 'var(--fg)', borderColor: 'var(--line)' },
  '.cm-panel.cm-search': { fontFamily: 'system-ui, sans-serif' },
  '.cm-panel.cm-search input, .cm-panel.cm-search button': {
    backgroundColor: 'var(--surface)',
    backgroundImage: 'none',
    color: 'var(--fg)',
    border: '1px solid var(--line-strong)',
    borderRadius: '4px',
  },
  '.cm-tooltip': {
    backgroundColor: 'var(--raised)',
    color: 'var(--fg)',
    border: '1px solid var(--line-strong)',
    borderRadius: '6px',
    boxShadow: 'var(--shadow)',
  },
  '.cm-tooltip-autocomplete > ul': { fontFamily: 'var(--mono)', maxHeight: '24em' },
  '.cm-tooltip-autocomplete > ul > li': { padding: '2px 8px' },
  '.cm-tooltip-autocomplete > ul > li[aria-selected]': { backgroundColor: 'var(--selected)', color: 'var(--fg)' },
  '.cm-completionDetail': { color: 'var(--muted)', fontStyle: 'normal', marginLeft: '1em' },
  '.cm-completionMatchedText': { textDecoration: 'none', fontWeight: '700' },
  '.cm-placeholder': { color: 'var(--faint)' },
  '.cm-problem': { textDecoration: 'underline wavy var(--broken)', textUnderlineOffset: '3px', backgroundColor: 'var(--broken-soft)' },
  '.visible-mark': {
    backgroundColor: 'var(--broken-soft)',
    borderRadius: '3px',
    padding: '0 2px',
    margin: '0 1px',
    fontSize: '10px',
    color: 'var(--syntax-mark)',
  },
});

const ink = (token: string) => ({ color: `var(--syntax-${token})` });

const highlight = HighlightStyle.define([
  { tag: [tags.keyword, tags.bool, tags.null, tags.operatorKeyword], ...ink('keyword') },
  { tag: [tags.string, tags.special(tags.string)], ...ink('string') },
  { tag: [tags.number], ...ink('number') },
  { tag: [tags.standard(tags.name), tags.function(tags.variableName)], ...ink('function') },
  { tag: [tags.typeName], ...ink('function') },
  { tag: [tags.comment, tags.lineComment, tags.blockComment], ...ink('comment'), fontStyle: 'italic' },
  { tag: [tags.special(tags.name), tags.propertyName, tags.quote], ...ink('name') },
]);

export const editorTheme: Extension = [theme, syntaxHighlighting(highlight)];
