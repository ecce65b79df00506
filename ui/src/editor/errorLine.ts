import { type Extension, RangeSet, StateEffect, StateField } from '@codemirror/state';
import { GutterMarker, gutterLineClass } from '@codemirror/view';

/** Marks a line as the one a program failed in, from 1; null takes the mark away. */
export const setErrorLine = StateEffect.define<number | null>();

const marker = new (class extends GutterMarker {
  override elementClass = 'cm-error-line';
})();

const field = StateField.define<RangeSet<GutterMarker>>({
  create: () => RangeSet.empty,
  update(marks, transaction) {
    const moved = marks.map(transaction.changes);
    return transaction.effects.reduce((current, effect) => {
      if (!effect.is(setErrorLine)) return current;
      const doc = transaction.newDoc;
      const line = effect.value;
      if (line === null || line < 1 || line > doc.lines) return RangeSet.empty;
      return RangeSet.of([marker.range(doc.line(line).from)]);
    }, moved);
  },
  provide: (self) => gutterLineClass.from(self),
});

export const errorLine: Extension = field;
