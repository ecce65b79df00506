/** Marks, joiners and vowels that a terminal puts into the cell before them. */
const JOINING = '[\\p{M}\\p{Cf}\\u1160-\\u11ff\\ud7b0-\\ud7ff]';
const RUNS = new RegExp(`${JOINING}+`, 'gu');
const LAST_RUN = new RegExp(`${JOINING}*$`, 'u');
const FIRST_RUN = new RegExp(`^${JOINING}+`, 'u');
/** Below, nothing joins: most output is seen to be harmless by one scan. */
const MAY_JOIN = /[\u0300-\uffff]/;

/** In one cell. Vietnamese needs two, Hebrew with cantillation five. */
const MOST_IN_ROW = 16;

/**
 * Bytes of a board as text that is safe to show. What is no UTF-8 becomes U+FFFD, so that people see that something
 * came; xterm would drop it. Marks without end become few: a cell takes any number of them, and a web view that has to
 * lay out a million dies.
 */
export class TerminalText {
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  /** Joining characters at the end of what came so far. */
  #run = 0;

  /** The next bytes; a character may be cut anywhere. */
  decode(bytes: Uint8Array): string {
    const text = this.#decoder.decode(bytes, { stream: true });
    if (text === '') return '';
    if (!MAY_JOIN.test(text)) {
      this.#run = 0;
      return text;
    }
    const first = FIRST_RUN.exec(text)?.[0] ?? '';
    const kept = cut(first, MOST_IN_ROW - this.#run) + text.slice(first.length).replace(RUNS, (run) => cut(run, MOST_IN_ROW));
    const last = [...LAST_RUN.exec(kept.slice(-2 * MOST_IN_ROW))![0]].length;
    this.#run = Math.min(MOST_IN_ROW, last + (first.length === text.length ? this.#run : 0));
    return kept;
  }
}

function cut(run: string, most: number): string {
  return run.length <= most ? run : [...run].slice(0, Math.max(0, most)).join('');
}
