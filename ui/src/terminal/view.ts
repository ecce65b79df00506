import { FitAddon } from '@xterm/addon-fit';
import type { Terminal } from '@xterm/xterm';

import type { Arrivals } from './arrivals';
import { type Palette, readPalette, readType, watchTheme } from './theme';

/** What the view needs of the session around it. */
export interface ViewParts {
  arrivals: Arrivals;
  /** Buffer rows that are ours and not the board's. */
  ownRows(): ReadonlySet<number>;
  /** New colours were read. */
  recoloured(palette: Palette): void;
  pasted(text: string): void;
  /** The selected text, or '' to let the web view copy what it likes. */
  selection(): string;
}

/** The terminal's place in the page: it can be taken out and put elsewhere, keeps its size and follows the theme. */
export class TerminalView {
  readonly #root = document.createElement('div');
  readonly #screen = document.createElement('div');
  readonly #gutter = document.createElement('pre');
  readonly #fit = new FitAddon();
  readonly #observer = new ResizeObserver(() => this.#later());
  #unwatch: (() => void) | null = null;
  #frame = 0;
  /** What the height of a row was last worked out for; '' while it could not be. */
  #type = '';
  #wantsFocus = false;

  constructor(
    private readonly term: Terminal,
    private readonly parts: ViewParts,
  ) {
    this.#root.className = 'bw-terminal';
    this.#screen.className = 'bw-screen';
    this.#gutter.className = 'bw-times';
    this.#gutter.setAttribute('aria-hidden', 'true');
    this.#root.append(this.#gutter, this.#screen);
    term.loadAddon(this.#fit);
    // Before xterm's own listeners: its paste types everything at once, its copy includes our hairlines.
    this.#root.addEventListener('paste', (event) => this.#paste(event), true);
    this.#root.addEventListener('copy', (event) => this.#copy(event), true);
  }

  attach(element: HTMLElement): void {
    element.append(this.#root);
    if (!this.term.element) this.term.open(this.#screen);
    this.#unwatch ??= watchTheme(() => this.#restyle());
    this.#observer.observe(this.#screen);
    this.#restyle();
    this.term.refresh(0, this.term.rows - 1);
    if (this.#wantsFocus) this.focus();
  }

  detach(): void {
    this.#observer.disconnect();
    this.#unwatch?.();
    this.#unwatch = null;
    this.#root.remove();
  }

  focus(): void {
    this.#wantsFocus = !this.#root.isConnected;
    this.term.focus();
  }

  label(text: string): void {
    this.term.textarea?.setAttribute('aria-label', text);
  }

  showTimes(on: boolean): void {
    this.#root.classList.toggle('bw-timed', on);
    this.fit();
    this.drawTimes();
  }

  /** Draws the arrival times beside the rows that show. */
  drawTimes(): void {
    if (!this.#root.classList.contains('bw-timed')) return;
    const labels = this.parts.arrivals.labels(this.parts.ownRows()).join('\n');
    if (this.#gutter.textContent !== labels) this.#gutter.textContent = labels;
  }

  fit(): void {
    if (!this.#root.isConnected) return;
    this.#setType();
    const size = this.#fit.proposeDimensions();
    if (!size || !Number.isFinite(size.cols) || !Number.isFinite(size.rows)) return;
    if (size.cols === this.term.cols && size.rows === this.term.rows) return;
    this.parts.arrivals.around(() => this.term.resize(size.cols, size.rows));
  }

  dispose(): void {
    cancelAnimationFrame(this.#frame);
    this.detach();
  }

  #later(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => this.fit());
  }

  #restyle(): void {
    const palette = readPalette(this.#root);
    this.term.options.theme = palette.theme;
    this.fit();
    this.parts.recoloured(palette);
  }

  /**
   * xterm takes the height of a row as a factor of the font's own height in whole device pixels, which we learn from a
   * row at factor 1; not while the panel is folded away.
   */
  #setType(): void {
    const { family, size, row } = readType(this.#root);
    const type = `${size} ${row} ${devicePixelRatio} ${family}`;
    if (type === this.#type) return;
    this.term.options.fontFamily = family;
    this.term.options.fontSize = size;
    this.term.options.lineHeight = 1;
    const own = this.#rowHeight();
    if (own === 0) return;
    this.#type = type;
    if (own < row) this.term.options.lineHeight = (row + 0.01) / own;
    // Whole device pixels again: on a screen at 125 % a row of 18 is one of 17.6.
    this.#root.style.setProperty('--bw-row', `${this.#rowHeight()}px`);
  }

  #rowHeight(): number {
    const screen = this.#screen.querySelector('.xterm-screen');
    return screen ? screen.getBoundingClientRect().height / this.term.rows : 0;
  }

  #paste(event: ClipboardEvent): void {
    event.preventDefault();
    event.stopPropagation();
    const text = event.clipboardData?.getData('text/plain') ?? '';
    // A middle click leaves the text's place under the pointer; the next key is to go to the terminal.
    if (this.term.textarea) this.term.textarea.value = '';
    this.parts.pasted(text);
  }

  #copy(event: ClipboardEvent): void {
    const text = this.parts.selection();
    if (text === '') return;
    event.clipboardData?.setData('text/plain', text);
    event.preventDefault();
    event.stopPropagation();
  }
}
