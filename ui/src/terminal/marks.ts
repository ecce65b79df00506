import type { IMarker, Terminal } from '@xterm/xterm';

import { UNDO_MODES } from './guard';
import { rowsText } from './screen';

/** A row with nothing in it but a prompt: the hairline takes its place. */
const BARE_PROMPT = /^(>>>|\.\.\.|-->)? *$/;

/**
 * Hairlines that say where a run begins. They lie over a row of their own, so the board's bytes stay as they came, and
 * copying, saving and searching can leave them out.
 */
export class RunMarks {
  #marks = new Set<IMarker>();

  constructor(private readonly term: Terminal) {}

  /** Draws a hairline with `text` at the cursor. To be called between two writes. */
  add(text: string): void {
    const { active } = this.term.buffer;
    const row = active.baseY + active.cursorY;
    const bare = BARE_PROMPT.test(rowsText(active, row, row, new Set()));
    this.term.write(`${bare ? '' : '\r\n'}${UNDO_MODES}\r\n`, () => this.#draw(text));
  }

  /** The rows that are ours. */
  rows(): ReadonlySet<number> {
    return new Set([...this.#marks].map((mark) => mark.line));
  }

  #draw(text: string): void {
    if (this.term.buffer.active.type !== 'normal') return;
    const marker = this.term.registerMarker(-1);
    this.#marks.add(marker);
    marker.onDispose(() => this.#marks.delete(marker));
    const decoration = this.term.registerDecoration({ marker, width: this.term.cols, layer: 'top' });
    decoration?.onRender((element) => {
      if (element.firstChild) return;
      element.classList.add('bw-mark');
      const label = document.createElement('span');
      label.textContent = text;
      element.append(triangle(), label);
    });
  }
}

/** The sprite's i-run. */
function triangle(): SVGElement {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 16 16');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  path.setAttribute('d', 'M4.75 3.25v9.5L12.5 8z');
  svg.append(path);
  return svg;
}
