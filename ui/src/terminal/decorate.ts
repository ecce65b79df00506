import type { IDecoration, ILinkProvider, Terminal } from '@xterm/xterm';

import { exceptionLines, frameLinks, type FrameLink } from './links';
import { type LogicalLine, logicalLines, logicalLine } from './screen';
import type { Palette } from './theme';

/** Rows above the viewport in which a traceback may have begun. */
const ABOVE = 60;
/** At most one look at the screen in this time, in milliseconds. */
const EVERY_MS = 80;

export interface TracebackLinks {
  /** The program that was run, which `<stdin>` stands for. */
  program(): string | null;
  /** Whether a click on this path would lead anywhere. */
  opens(path: string): boolean;
  open(path: string, line: number): void;
}

interface Wanted {
  key: string;
  row: number;
  column: number;
  width: number;
  kind: 'link' | 'exception';
}

/**
 * Links and the last line of tracebacks, marked in what shows and only there: a flood costs nothing, and the marks are
 * bounded by the rows of the screen. They lie over the text; its bytes and what is copied stay the board's.
 */
export class TracebackMarks {
  #shown = new Map<string, IDecoration>();
  #timer: ReturnType<typeof setTimeout> | null = null;
  #palette: Palette | null = null;

  constructor(
    private readonly term: Terminal,
    private readonly links: TracebackLinks,
  ) {}

  /** The screen changed. */
  touch(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.#refresh();
    }, EVERY_MS);
  }

  recolour(palette: Palette): void {
    this.#palette = palette;
    for (const decoration of this.#shown.values()) decoration.dispose();
    this.#shown.clear();
    this.touch();
  }

  /** Where xterm asks which part of a row can be clicked. */
  provider(): ILinkProvider {
    return {
      provideLinks: (bufferRow, callback) => {
        const line = logicalLine(this.term.buffer.active, bufferRow - 1);
        callback(line ? this.#linksOf(line).map((link) => this.#clickable(line, link)) : undefined);
      },
    };
  }

  dispose(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    for (const decoration of this.#shown.values()) decoration.dispose();
    this.#shown.clear();
  }

  #refresh(): void {
    const palette = this.#palette;
    if (!palette || this.term.buffer.active.type !== 'normal') return;
    const wanted = this.#wanted();
    // Markers move with their rows, so what is still right is found again under the same key.
    const current = new Map<string, IDecoration>();
    for (const decoration of this.#shown.values()) {
      const { x = 0, width = 1 } = decoration.options as { x?: number; width?: number };
      const key = keyOf(decoration.marker.line, x, width);
      if (!wanted.has(key) || decoration.isDisposed) decoration.dispose();
      else current.set(key, decoration);
    }
    for (const [key, want] of wanted) {
      if (current.has(key)) continue;
      const decoration = this.#draw(want, palette);
      if (decoration) current.set(key, decoration);
    }
    this.#shown = current;
  }

  #wanted(): Map<string, Wanted> {
    const { active } = this.term.buffer;
    const top = active.viewportY;
    const lines = logicalLines(active, top, top + this.term.rows - 1, ABOVE);
    const wanted = new Map<string, Wanted>();
    const add = (line: LogicalLine, start: number, end: number, kind: Wanted['kind']) => {
      for (const run of runs(line, start, end)) {
        const key = keyOf(run.row, run.column, run.width);
        wanted.set(key, { ...run, key, kind });
      }
    };
    for (const index of exceptionLines(lines.map((line) => line.text))) {
      const line = lines[index]!;
      if (line.last >= top) add(line, 0, line.text.length, 'exception');
    }
    for (const line of lines) {
      if (line.last < top) continue;
      for (const link of this.#linksOf(line)) add(line, link.start, link.end, 'link');
    }
    return wanted;
  }

  #draw(want: Wanted, palette: Palette): IDecoration | undefined {
    const { active } = this.term.buffer;
    const marker = this.term.registerMarker(want.row - active.baseY - active.cursorY);
    const decoration = this.term.registerDecoration({
      marker,
      x: want.column,
      width: want.width,
      layer: 'top',
      foregroundColor: want.kind === 'link' ? palette.accent : palette.bad,
    });
    decoration?.onDispose(() => marker.dispose());
    decoration?.onRender((element) => element.classList.add(`bw-${want.kind}`));
    return decoration;
  }

  #linksOf(line: LogicalLine): FrameLink[] {
    return frameLinks(line.text, this.links.program()).filter((link) => this.links.opens(link.path));
  }

  #clickable(line: LogicalLine, link: FrameLink) {
    const start = line.cells[link.start]!;
    const end = line.cells[link.end - 1]!;
    return {
      text: line.text.slice(link.start, link.end),
      range: { start: { x: start.column + 1, y: start.row + 1 }, end: { x: end.column + 1, y: end.row + 1 } },
      decorations: { pointerCursor: true, underline: false },
      activate: (event: MouseEvent) => {
        if (event.button === 0 && !this.term.hasSelection()) this.links.open(link.path, link.line);
      },
    };
  }
}

function keyOf(row: number, column: number, width: number): string {
  return `${row}:${column}:${width}`;
}

/** The cells of a part of a line, one run per row. */
function runs(line: LogicalLine, start: number, end: number): { row: number; column: number; width: number }[] {
  const found: { row: number; column: number; width: number }[] = [];
  for (const { row, column } of line.cells.slice(start, end)) {
    const last = found.at(-1);
    if (last?.row === row) last.width = column - last.column + 1;
    else found.push({ row, column, width: 1 });
  }
  return found;
}
