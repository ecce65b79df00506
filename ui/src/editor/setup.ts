import { autocompletion, closeBrackets } from '@codemirror/autocomplete';
import { history } from '@codemirror/commands';
import { bracketMatching, indentOnInput, indentUnit } from '@codemirror/language';
import { highlightSelectionMatches, search } from '@codemirror/search';
import { Compartment, EditorState, type Extension } from '@codemirror/state';
import {
  crosshairCursor,
  drawSelection,
  dropCursor,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  lineNumbers,
  rectangularSelection,
} from '@codemirror/view';

import type { LineEnds } from './eol';
import { errorLine } from './errorLine';
import { findWordsFacet } from './find/facet';
import { createFindPanel } from './find/panel.svelte';
import { indentText, type Indentation } from './indentation';
import { theme } from './theme';
import type { EditorWords } from './words';

/** The parts of a document that can change while it is open. */
export const parts = {
  words: new Compartment(),
  lineEnds: new Compartment(),
  indentation: new Compartment(),
  language: new Compartment(),
};

/** What all documents have in common. */
export const common: Extension = [
  theme,
  lineNumbers(),
  errorLine,
  highlightActiveLine(),
  highlightActiveLineGutter(),
  EditorView.editorAttributes.of((view) => ({
    class: view.state.selection.ranges.every((range) => range.empty) ? '' : 'cm-selecting',
  })),
  highlightSpecialChars(),
  history(),
  // As in the terminal: nothing blinks.
  drawSelection({ drawRangeCursor: true, cursorBlinkRate: 0 }),
  dropCursor(),
  // CodeMirror would put a dropped file's text in here; the window opens it.
  EditorView.domEventHandlers({ drop: (event) => (event.dataTransfer?.files.length ?? 0) > 0 }),
  EditorState.allowMultipleSelections.of(true),
  rectangularSelection(),
  crosshairCursor(),
  EditorState.tabSize.of(4),
  indentOnInput(),
  bracketMatching(),
  closeBrackets(),
  // Enter ends a line, always: it takes a completion only after an arrow key chose one.
  autocompletion({ selectOnOpen: false, icons: false, maxRenderedOptions: 50 }),
  highlightSelectionMatches({ minSelectionLength: 2, highlightWordAroundCursor: false }),
  search({ top: true, literal: true, createPanel: createFindPanel }),
];

export function wordsPart(words: EditorWords, path: string): Extension {
  return [
    EditorState.phrases.of(words.phrases),
    findWordsFacet.of(words.find),
    EditorView.contentAttributes.of({
      'aria-label': words.label(path),
      spellcheck: 'false',
      autocorrect: 'off',
      autocapitalize: 'off',
      writingsuggestions: 'false',
      translate: 'no',
    }),
  ];
}

/** A mixed file is parted at LF alone; what is pasted into it brings no CR of its own. */
export function lineEndsPart(ends: LineEnds): Extension {
  if (ends !== 'mixed') return [];
  return [
    EditorState.lineSeparator.of('\n'),
    EditorView.clipboardInputFilter.of((text) => text.replace(/\r\n?/g, '\n')),
  ];
}

export function indentationPart(step: Indentation): Extension {
  return indentUnit.of(indentText(step));
}
