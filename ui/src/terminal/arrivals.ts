import type { IBuffer, IMarker, Terminal } from '@xterm/xterm';

import { ArrivalTimes, timeLabel } from './times';

/**
 * When the rows of a terminal came. One marker, set anew after each write, tells how far the rows have moved since;
 * a marker for each row would make a flood pay for every row in the scrollback.
 */
export class Arrivals {
  #times = new ArrivalTimes();
  #anchor: IMarker | null = null;
  /** The number of the anchor's row, counted from the session's first. */
  #anchorLine = 0;

  constructor(
    private readonly term: Terminal,
    private readonly now: () => number = () => Date.now(),
  ) {}

  /** Just before bytes are written: rows begun from here on come now. */
  before(): void {
    const { active } = this.term.buffer;
    if (active.type !== 'normal') return;
    const cursor = active.baseY + active.cursorY;
    this.#times.add(this.#base() + cursor + (isEmpty(active, cursor) ? 0 : 1), this.now());
  }

  /** Just after: where the cursor is now. */
  after(): void {
    const { active } = this.term.buffer;
    if (active.type !== 'normal') return;
    const base = this.#base();
    this.#anchor?.dispose();
    this.#anchor = this.term.registerMarker(0);
    this.#anchorLine = base + active.baseY + active.cursorY;
    this.#times.forgetBefore(base);
  }

  /** Runs `change`, which breaks the rows anew, and carries the times over. */
  around(change: () => void): void {
    // The other screen has rows and markers of its own.
    if (this.term.buffer.active.type !== 'normal') return change();
    const before = lineStarts(this.term.buffer.normal);
    const base = this.#base();
    change();
    // Rows may be lost above, and blank ones below: the line with the cursor is the same one.
    const after = lineStarts(this.term.buffer.normal);
    const shift = after.length - before.length;
    this.#times.renumber((line) => {
      const at = before.findLastIndex((start) => start <= line - base);
      return base + (after[Math.max(0, at + shift)] ?? 0);
    });
    this.#anchor?.dispose();
    this.#anchor = this.term.registerMarker(0);
    this.#anchorLine = base + this.term.buffer.normal.baseY + this.term.buffer.normal.cursorY;
  }

  /** One label for each row of the screen, empty for continued rows and those `skip` names. */
  labels(skip: ReadonlySet<number>): string[] {
    const { active } = this.term.buffer;
    if (active.type !== 'normal') return [];
    const base = this.#base();
    return Array.from({ length: this.term.rows }, (_, index) => {
      const row = active.viewportY + index;
      const cursor = active.baseY + active.cursorY;
      const past = row > cursor || (row === cursor && isEmpty(active, row));
      if (past || skip.has(row) || active.getLine(row)?.isWrapped) return '';
      const ms = this.#times.at(base + row);
      return ms === null ? '' : timeLabel(ms);
    });
  }

  /** The number of the buffer's row 0. */
  #base(): number {
    if (!this.#anchor) return 0;
    // All rows of that time are gone, we cannot know how many came since: begin above every number that was used.
    if (this.#anchor.line < 0) return this.#anchorLine + 1;
    return this.#anchorLine - this.#anchor.line;
  }
}

/** Nothing came for this row yet. */
function isEmpty(buffer: IBuffer, row: number): boolean {
  const line = buffer.getLine(row);
  return !line || (!line.isWrapped && line.translateToString(true) === '');
}

/** The rows down to the cursor where a line begins that is not the continuation of the row above. */
function lineStarts(buffer: IBuffer): number[] {
  const starts: number[] = [];
  const cursor = buffer.baseY + buffer.cursorY;
  for (let row = 0; row <= cursor; row += 1) if (!buffer.getLine(row)?.isWrapped) starts.push(row);
  return starts;
}
