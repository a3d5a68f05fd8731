import type { EditorState } from '@codemirror/state';
import { EditorView } from '@codemirror/view';

/**
 * The editor writes its styles into the document as <style> elements, which the content security policy forbids, but as
 * constructed style sheets where it stands in a shadow root.
 */
export function mountEditor(host: HTMLElement, state: EditorState): EditorView {
  const root = host.shadowRoot ?? host.attachShadow({ mode: 'open' });
  return new EditorView({ parent: root, root, state });
}
