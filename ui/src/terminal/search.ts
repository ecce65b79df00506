import { SearchAddon } from '@xterm/addon-search';
import type { IDisposable, Terminal } from '@xterm/xterm';

import type { Palette } from './theme';

export interface FindOptions {
  matchCase?: boolean;
  wholeWord?: boolean;
  regex?: boolean;
  /** The text is still being typed: stay on the match that begins here. */
  typing?: boolean;
}

/** What was found; `index` is from 0, -1 beyond a thousand matches. */
export interface Matches {
  index: number;
  count: number;
}

/** Searching the scrollback, with all matches marked in the colours of the theme. */
export class TerminalSearch {
  readonly #addon = new SearchAddon();

  constructor(private readonly term: Terminal) {
    term.loadAddon(this.#addon);
  }

  onMatches(listener: (matches: Matches) => void): IDisposable {
    return this.#addon.onDidChangeResults(({ resultIndex, resultCount }) => {
      listener({ index: resultIndex, count: resultCount });
    });
  }

  /** Goes to the next or previous match. False when there is none. */
  find(text: string, direction: 'next' | 'previous', options: FindOptions, palette: Palette | null): boolean {
    const search = {
      caseSensitive: options.matchCase ?? false,
      wholeWord: options.wholeWord ?? false,
      regex: options.regex ?? false,
      incremental: options.typing ?? false,
      decorations: palette
        ? {
            matchBackground: palette.match,
            matchOverviewRuler: palette.accent,
            activeMatchBackground: palette.activeMatch,
            activeMatchBorder: palette.accent,
            activeMatchColorOverviewRuler: palette.accent,
          }
        : undefined,
    };
    return direction === 'next' ? this.#addon.findNext(text, search) : this.#addon.findPrevious(text, search);
  }

  clear(): void {
    this.#addon.clearDecorations();
    this.term.clearSelection();
  }
}
