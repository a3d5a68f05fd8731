import { StateEffect, StateField } from '@codemirror/state';
import { Decoration, type DecorationSet, EditorView } from '@codemirror/view';
import type { TextSpan } from '../../../../shared/contract/failure.ts';

export const markProblem = StateEffect.define<TextSpan | undefined>();

const mark = Decoration.mark({ class: 'cm-problem' });

/** Underlines what the engine complained about, until the text changes. */
export const problemMarks = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(marks, transaction) {
    let next = transaction.docChanged ? Decoration.none : marks;
    for (const effect of transaction.effects) if (effect.is(markProblem)) next = toMarks(effect.value, transaction.newDoc.length);
    return next;
  },
  provide: (field) => EditorView.decorations.from(field),
});

function toMarks(span: TextSpan | undefined, length: number): DecorationSet {
  if (span === undefined || length === 0) return Decoration.none;
  const from = Math.max(0, Math.min(span.start, length - 1));
  const to = Math.min(length, Math.max(from + 1, span.end));
  return Decoration.set(mark.range(from, to));
}
