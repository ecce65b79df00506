import { closeSearchPanel, getSearchQuery, openSearchPanel, SearchQuery, setSearchQuery } from '@codemirror/search';
import { EditorSelection } from '@codemirror/state';
import { type Command, EditorView, type Panel, type ViewUpdate } from '@codemirror/view';
import { mount, unmount } from 'svelte';

import { editorWords } from '../words';
import type { Query } from './FindBar.svelte';
import FindPanel from './FindPanel.svelte';
import { findWordsFacet } from './facet';

/** Matches that are counted; beyond, the number says "1000+". */
const MOST = 1000;
/** The count is made anew after a pause in typing, in milliseconds. */
const COUNT_AFTER_MS = 80;

/** Whether the second row shows; the same in all tabs, and views come and go. */
const shared = $state({ replacing: false });

/** What the find panel of one view shows and does. */
export class FindModel {
  query = $state.raw<Query & { replace: string }>({
    text: '',
    matchCase: false,
    wholeWord: false,
    regex: false,
    replace: '',
  });
  valid = $state(true);
  /** `index` is from 1, null when the selection is no match. */
  matches = $state.raw<{ index: number | null; total: number; more: boolean }>({ index: null, total: 0, more: false });
  words = $state.raw(editorWords.en.find);
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(readonly view: EditorView) {
    this.read();
  }

  /** Takes over a query that was set from outside, and counts. */
  read(): void {
    const query = getSearchQuery(this.view.state);
    this.words = this.view.state.facet(findWordsFacet);
    this.query = {
      text: query.search,
      matchCase: query.caseSensitive,
      wholeWord: query.wholeWord,
      regex: query.regexp,
      replace: query.replace,
    };
    this.valid = query.search === '' || query.valid;
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.#count();
    }, COUNT_AFTER_MS);
  }

  /** Searches for something else, and goes to the first match from the selection's beginning on. */
  search(query: Query): void {
    const { view } = this;
    const sought = this.#apply({ ...query, replace: this.query.replace });
    if (!sought.valid) return;
    const match = sought.getCursor(view.state, view.state.selection.main.from).next();
    const found = match.done ? sought.getCursor(view.state).next() : match;
    if (found.done) return;
    const selection = EditorSelection.single(found.value.from, found.value.to);
    view.dispatch({ selection, effects: EditorView.scrollIntoView(selection.main, { y: 'center' }) });
  }

  setReplace(replace: string): void {
    this.#apply({ ...this.query, replace });
  }

  get replacing(): boolean {
    return shared.replacing;
  }

  set replacing(on: boolean) {
    shared.replacing = on;
  }

  close(): void {
    closeSearchPanel(this.view);
    this.view.focus();
  }

  dispose(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  #apply({ text, matchCase, wholeWord, regex, replace }: Query & { replace: string }): SearchQuery {
    const query = new SearchQuery({
      search: text,
      caseSensitive: matchCase,
      wholeWord,
      regexp: regex,
      replace,
      literal: true,
    });
    this.view.dispatch({ effects: setSearchQuery.of(query) });
    return query;
  }

  #count(): void {
    const { state } = this.view;
    const query = getSearchQuery(state);
    const { from, to } = state.selection.main;
    let total = 0;
    let index: number | null = null;
    if (query.valid) {
      const cursor = query.getCursor(state);
      for (let match = cursor.next(); !match.done && total < MOST; match = cursor.next()) {
        total += 1;
        if (match.value.from === from && match.value.to === to) index = total;
      }
    }
    this.matches = { index, total, more: total === MOST };
  }
}

/** For `search({ createPanel })`. */
export function createFindPanel(view: EditorView): Panel {
  const dom = document.createElement('div');
  const model = new FindModel(view);
  const component = mount(FindPanel, { target: dom, props: { model } });
  return {
    dom,
    top: true,
    mount: () => dom.querySelector<HTMLInputElement>('[main-field]')?.select(),
    update: (update: ViewUpdate) => {
      const queried = update.transactions.some((one) => one.effects.some((effect) => effect.is(setSearchQuery)));
      const spoken = update.startState.facet(findWordsFacet) !== update.state.facet(findWordsFacet);
      if (queried || spoken || update.docChanged || update.selectionSet) model.read();
    },
    destroy: () => {
      model.dispose();
      void unmount(component);
    },
  };
}

/** Opens the panel with its second row. */
export const openReplace: Command = (view) => {
  shared.replacing = true;
  return openSearchPanel(view);
};
