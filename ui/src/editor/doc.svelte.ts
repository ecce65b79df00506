import { EditorSelection, EditorState, type StateEffect, Text, type TransactionSpec } from '@codemirror/state';
import { EditorView } from '@codemirror/view';

import { type LineEnds, lineEndsOf, linesOf, separatorOf } from './eol';
import { setErrorLine } from './errorLine';
import { detectIndentation, type Indentation } from './indentation';
import { type EditorHooks, keys } from './keys';
import { languageOf } from './language';
import { common, indentationPart, lineEndsPart, parts, wordsPart } from './setup';
import { type EditorWords, editorWords } from './words';

/** What the window hears from the editor. Lines and columns are from 1. */
export interface DocHooks extends EditorHooks {
  onchange(): void;
  oncursor(line: number, col: number): void;
}

const NO_HOOKS: DocHooks = {
  onchange: () => undefined,
  oncursor: () => undefined,
  onsave: () => undefined,
  onrun: () => undefined,
};

/**
 * One open text: what stands in it, its undo history, its selection and where it is scrolled to. It outlives the view,
 * which comes and goes with the tab.
 */
export class EditorDoc {
  #path: string;
  #words: EditorWords = editorWords.en;
  #ends: LineEnds;
  #savedEnds: LineEnds;
  #state: EditorState;
  #saved: Text;
  #view: EditorView | null = null;
  #hooks: DocHooks = NO_HOOKS;
  /** Where the view is to be scrolled to when it comes. */
  #scrollTo: StateEffect<unknown> | null = null;
  #wantsFocus = false;
  #unsaved = $state(false);
  #indentation = $state.raw<Indentation>(detectIndentation([]));

  constructor(path: string, text: string) {
    this.#path = path;
    this.#ends = this.#savedEnds = lineEndsOf(text);
    const lines = linesOf(text, this.#ends);
    this.#indentation = detectIndentation(lines);
    this.#saved = Text.of(lines);
    this.#state = EditorState.create({
      doc: this.#saved,
      extensions: [
        common,
        keys(() => this.#hooks),
        parts.words.of(wordsPart(this.#words, path)),
        parts.lineEnds.of(lineEndsPart(this.#ends)),
        parts.indentation.of(indentationPart(this.#indentation)),
        parts.language.of(languageOf(path)),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) this.#changed();
          if (update.docChanged || update.selectionSet) this.#tellCursor();
        }),
      ],
    });
  }

  /** The whole text, its line ends as the file had them. */
  text(): string {
    const { doc } = this.#current;
    return doc.sliceString(0, doc.length, separatorOf(this.#ends));
  }

  /** Replaces the text, by as little as differs: undo, selection and scroll position stay. */
  setText(text: string): void {
    const ends = lineEndsOf(text);
    const effects = [];
    if (ends !== this.#ends) effects.push(parts.lineEnds.reconfigure(lineEndsPart(ends)));
    this.#ends = ends;
    const change = difference(this.#current.doc.toString(), linesOf(text, ends).join('\n'));
    const changes = change && { ...change, insert: Text.of(change.insert.split('\n')) };
    this.#dispatch({ ...(changes ? { changes } : {}), effects });
    this.#changed();
  }

  /** What stands here now is what the file holds. */
  markSaved(): void {
    this.#saved = this.#current.doc;
    this.#savedEnds = this.#ends;
    this.#unsaved = false;
  }

  /** Whether the text differs from what was saved. */
  get unsaved(): boolean {
    return this.#unsaved;
  }

  /** One step of indentation, as the file has it. */
  get indentation(): Indentation {
    return this.#indentation;
  }

  setIndentation(step: Indentation): void {
    this.#indentation = step;
    this.#dispatch({ effects: parts.indentation.reconfigure(indentationPart(step)) });
  }

  /** A new name may mean another language. */
  setPath(path: string): void {
    if (path === this.#path) return;
    this.#path = path;
    const effects = [
      parts.language.reconfigure(languageOf(path)),
      parts.words.reconfigure(wordsPart(this.#words, path)),
    ];
    this.#dispatch({ effects });
  }

  setWords(words: EditorWords): void {
    if (words === this.#words) return;
    this.#words = words;
    this.#dispatch({ effects: parts.words.reconfigure(wordsPart(words, this.#path)) });
  }

  /** Puts the cursor there and shows it. Both are from 1; what lies outside is taken to the nearest place. */
  goTo(line: number, col = 1): void {
    const { doc } = this.#current;
    const found = doc.line(Math.min(Math.max(1, Math.trunc(line) || 1), doc.lines));
    const at = Math.min(found.from + Math.max(0, (Math.trunc(col) || 1) - 1), found.to);
    const scroll = EditorView.scrollIntoView(at, { y: 'center' });
    if (!this.#view) this.#scrollTo = scroll;
    this.#dispatch({ selection: EditorSelection.cursor(at), effects: this.#view ? scroll : [] });
  }

  /** Marks the line a program failed in, from 1; null takes the mark away. It moves with its text. */
  setErrorLine(line: number | null): void {
    this.#dispatch({ effects: setErrorLine.of(line) });
  }

  focus(): void {
    this.#wantsFocus = this.#view === null;
    this.#view?.focus();
  }

  attach(parent: HTMLElement, hooks: DocHooks): void {
    this.detach();
    this.#hooks = hooks;
    this.#view = new EditorView({ state: this.#state, parent, scrollTo: this.#scrollTo ?? undefined });
    this.#scrollTo = null;
    this.#tellCursor();
    if (this.#wantsFocus) this.focus();
  }

  detach(): void {
    const view = this.#view;
    if (!view) return;
    this.#state = view.state;
    this.#scrollTo = view.scrollSnapshot();
    this.#view = null;
    this.#hooks = NO_HOOKS;
    view.destroy();
  }

  get #current(): EditorState {
    return this.#view?.state ?? this.#state;
  }

  #dispatch(spec: TransactionSpec): void {
    if (this.#view) this.#view.dispatch(spec);
    else this.#state = this.#state.update(spec).state;
  }

  #changed(): void {
    this.#unsaved = this.#ends !== this.#savedEnds || !this.#current.doc.eq(this.#saved);
    this.#hooks.onchange();
  }

  #tellCursor(): void {
    const { doc, selection } = this.#current;
    const line = doc.lineAt(selection.main.head);
    this.#hooks.oncursor(line.number, selection.main.head - line.from + 1);
  }
}

/** What has to be put where to make one text of the other; null when they are the same. */
function difference(before: string, after: string): { from: number; to: number; insert: string } | null {
  if (before === after) return null;
  const most = Math.min(before.length, after.length);
  let start = 0;
  while (start < most && before.charCodeAt(start) === after.charCodeAt(start)) start += 1;
  let end = 0;
  while (end < most - start && before.charCodeAt(before.length - 1 - end) === after.charCodeAt(after.length - 1 - end)) {
    end += 1;
  }
  return { from: start, to: before.length - end, insert: after.slice(start, after.length - end) };
}
