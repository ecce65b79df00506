import {
  acceptCompletion,
  closeBracketsKeymap,
  completionKeymap,
  completionStatus,
  moveCompletionSelection,
  selectedCompletion,
} from '@codemirror/autocomplete';
import { defaultKeymap, historyKeymap, indentLess, indentMore, insertNewlineKeepIndent } from '@codemirror/commands';
import { getIndentUnit, indentUnit, language } from '@codemirror/language';
import {
  findNext,
  findPrevious,
  gotoLine,
  openSearchPanel,
  searchKeymap,
  selectNextOccurrence,
  selectSelectionMatches,
} from '@codemirror/search';
import { EditorSelection, type Extension, Prec } from '@codemirror/state';
import { type Command, keymap } from '@codemirror/view';

import { openReplace } from './find/panel.svelte';

/** What the window does at the editor's request. */
export interface EditorHooks {
  onsave(): void;
  onrun(): void;
}

/**
 * The editor's keys. Tab types; F6, Ctrl-Shift-P and every other shortcut of the window is left alone. Save and Run are
 * taken here and go no further, so that they happen once.
 */
export function keys(hooks: () => EditorHooks): Extension {
  const call = (name: keyof EditorHooks) => () => {
    hooks()[name]();
    return true;
  };
  return [
    Prec.high(
      keymap.of([
        { key: 'Mod-s', run: call('onsave'), preventDefault: true, stopPropagation: true },
        { key: 'F5', run: call('onrun'), preventDefault: true, stopPropagation: true },
        { key: 'Tab', run: tab, shift: indentLess },
        { key: 'Enter', run: plainEnter },
        { key: 'Mod-f', run: openSearchPanel, scope: 'editor search-panel', preventDefault: true },
        { key: 'Mod-h', mac: 'Mod-Alt-f', run: openReplace, scope: 'editor search-panel', preventDefault: true },
        { key: 'F3', run: findNext, shift: findPrevious, scope: 'editor search-panel', preventDefault: true },
        { mac: 'Mod-g', run: findNext, shift: findPrevious, scope: 'editor search-panel', preventDefault: true },
        { key: 'Ctrl-g', run: gotoLine, preventDefault: true },
        { key: 'Mod-d', run: selectNextOccurrence, preventDefault: true },
        { key: 'Mod-Shift-l', run: selectSelectionMatches, preventDefault: true },
      ]),
    ),
    keymap.of([
      ...closeBracketsKeymap,
      ...completionKeymap,
      ...historyKeymap,
      // Of the search keys only Escape is left: the others stand above under the keys people know.
      ...searchKeymap.filter((binding) => binding.key === 'Escape'),
      ...defaultKeymap,
    ]),
  ];
}

/** Takes the completion that shows, indents what is selected, or types up to the next stop. */
const tab: Command = (view) => {
  if (completionStatus(view.state) === 'active') {
    if (!selectedCompletion(view.state)) moveCompletionSelection(true)(view);
    if (acceptCompletion(view)) return true;
  }
  const { state } = view;
  if (state.readOnly) return false;
  if (state.selection.ranges.some((range) => !range.empty)) return indentMore(view);
  const step = getIndentUnit(state);
  const tabs = state.facet(indentUnit).startsWith('\t');
  view.dispatch(
    state.changeByRange((range) => {
      const line = state.doc.lineAt(range.head);
      const text = tabs ? '\t' : ' '.repeat(step - (columnOf(line.text.slice(0, range.head - line.from)) % step));
      const at = EditorSelection.cursor(range.head + text.length);
      return { changes: { from: range.head, insert: text }, range: at };
    }),
    { scrollIntoView: true, userEvent: 'input.indent' },
  );
  return true;
};

/** In a file without a language Enter keeps the indentation; with one it asks the language. */
const plainEnter: Command = (view) =>
  view.state.facet(language) ? false : insertNewlineKeepIndent(view);

function columnOf(text: string): number {
  let column = 0;
  for (const character of text) column += character === '\t' ? 4 - (column % 4) : 1;
  return column;
}
