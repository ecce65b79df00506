import '@xterm/xterm/css/xterm.css';
import './terminal.css';

import { Unicode11Addon } from '@xterm/addon-unicode11';
import { Terminal, type IDisposable } from '@xterm/xterm';

import type { BoardState } from '../bindings/BoardState';
import type { Host } from '../host';
import { Arrivals } from './arrivals';
import { copyText } from './clipboard';
import { TracebackMarks } from './decorate';
import { CreditBatch, Outflow } from './flow';
import { guard, UNDO_MODES } from './guard';
import { InputQueue } from './input';
import { isMac, keyUse } from './keys';
import { RunMarks } from './marks';
import { OPTIONS } from './options';
import { decidePaste } from './paste';
import { bufferText, rowsText } from './screen';
import { type FindOptions, type Matches, TerminalSearch } from './search';
import { TerminalText } from './text';
import type { Palette } from './theme';
import { TerminalView } from './view';

/**
 * The terminal of one open board. It lives as long as the board is open; hidden, it goes on receiving into its
 * scrollback.
 */
export class TerminalSession {
  /** Whether the search bar is open. */
  searching = $state(false);
  /** What the last search found; null while nothing is searched. */
  matches = $state.raw<Matches | null>(null);
  /** Output has come below what shows. */
  newBelow = $state(false);
  /** A paste that waits for a yes, or one that is too long. */
  question = $state.raw<{ kind: 'ask'; data: string; lines: number } | { kind: 'tooLong' } | null>(null);
  /** Whether nothing has come yet. */
  empty = $state(true);

  /** What the board is doing, for what a paste means. */
  state: BoardState = { kind: 'ready' };
  /** The program that was last run, which `<stdin>` in a traceback stands for. */
  program: string | null = null;
  /** Which paths of a traceback a click can open, and how. */
  opens: (path: string) => boolean = () => true;
  onlink: (path: string, line: number) => void = () => undefined;

  #timestamps = $state(false);
  readonly #term = new Terminal(OPTIONS);
  readonly #search = new TerminalSearch(this.#term);
  readonly #arrivals = new Arrivals(this.#term);
  readonly #marks = new RunMarks(this.#term);
  readonly #input: InputQueue;
  readonly #credit: CreditBatch;
  readonly #flow: Outflow;
  readonly #tracebacks: TracebackMarks;
  readonly #view: TerminalView;
  readonly #disposables: IDisposable[] = [];
  #palette: Palette | null = null;
  #stopHearing: (() => void) | null = null;
  #disposed = false;

  constructor(host: Host, board: string) {
    const term = this.#term;
    this.#input = new InputQueue((data, paste) => host.call('terminal_input', { board, data, paste }));
    this.#credit = new CreditBatch((bytes) => {
      // A board that was closed meanwhile needs no credit any more.
      void host.call('terminal_credit', { board, bytes }).catch(() => undefined);
    });
    this.#flow = new Outflow(this.#sink(), (bytes) => this.#credit.add(bytes));
    this.#tracebacks = new TracebackMarks(term, {
      program: () => this.program,
      opens: (path) => this.opens(path),
      open: (path, line) => this.onlink(path, line),
    });
    this.#view = new TerminalView(term, {
      arrivals: this.#arrivals,
      ownRows: () => this.#marks.rows(),
      recoloured: (palette) => this.#recolour(palette),
      pasted: (text) => this.paste(text),
      selection: () => this.#selection(),
    });
    term.loadAddon(new Unicode11Addon());
    term.unicode.activeVersion = '11';
    term.attachCustomKeyEventHandler((event) => this.#key(event));
    this.#disposables.push(
      ...guard(term, (data) => this.#input.push(data)),
      term.registerLinkProvider(this.#tracebacks.provider()),
      term.onData((data) => this.#input.push(data)),
      term.onRender(() => this.#drawn()),
      term.onScroll(() => this.#drawn()),
      this.#search.onMatches((matches) => (this.matches = matches)),
    );
    // xterm draws no cursor before the first focus, except after a visit to the other screen.
    term.write('\x1b[?47h\x1b[?47l');
    void this.#hear(host, board);
  }

  /** A hairline with `text` before whatever comes next. Neither copied nor saved. */
  mark(text: string): void {
    this.#flow.inOrder(() => {
      this.#arrivals.before();
      this.#marks.add(text);
    });
    this.empty = false;
  }

  /** Empties the screen and the scrollback; the line with the prompt stays. */
  clear(): void {
    this.#term.clear();
    this.#term.write(UNDO_MODES);
    this.#term.clearSelection();
    this.newBelow = false;
  }

  /** Goes to the next or previous match and marks them all. False when there is none. */
  find(text: string, direction: 'next' | 'previous' = 'next', options: FindOptions = {}): boolean {
    if (text !== '') return this.#search.find(text, direction, options, this.#palette);
    this.#search.clear();
    this.matches = null;
    return false;
  }

  /** Opens the search bar; closing it forgets the matches and gives the focus back. */
  setSearching(on: boolean): void {
    this.searching = on;
    if (on) return;
    this.find('');
    this.focus();
  }

  focus(): void {
    this.#view.focus();
  }

  /** The scrollback as text: what the board sent, without our hairlines. */
  text(): string {
    return bufferText(this.#term.buffer.normal, this.#marks.rows());
  }

  /** Copies the selection. False when nothing is selected. */
  copy(): boolean {
    const text = this.#selection();
    if (text === '') return false;
    void copyText(text).catch(() => undefined);
    return true;
  }

  /** Pastes as the state of the board asks for: typed, through paste mode, or after a question. */
  paste(text: string): void {
    const paste = decidePaste(text, this.state);
    if (paste.kind === 'ask' || paste.kind === 'tooLong') this.question = paste;
    else if (paste.kind !== 'nothing') this.#send(paste.data, paste.kind === 'pasteMode');
  }

  /** The answer to `question`. */
  answer(yes: boolean): void {
    const question = this.question;
    this.question = null;
    if (yes && question?.kind === 'ask') this.#send(question.data, false);
    this.focus();
  }

  get timestamps(): boolean {
    return this.#timestamps;
  }

  setTimestamps(on: boolean): void {
    this.#timestamps = on;
    this.#view.showTimes(on);
  }

  /** Keeps a text of the screen for screen readers; costs time while much is printed. */
  setScreenReader(on: boolean): void {
    this.#term.options.screenReaderMode = on;
  }

  setLabel(text: string): void {
    this.#view.label(text);
  }

  scrollToBottom(): void {
    this.#term.scrollToBottom();
  }

  attach(element: HTMLElement): void {
    this.#view.attach(element);
  }

  detach(): void {
    this.#view.detach();
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#stopHearing?.();
    this.#flow.stop();
    this.#credit.stop();
    this.#input.clear();
    this.#tracebacks.dispose();
    for (const disposable of this.#disposables) disposable.dispose();
    this.#view.dispose();
    this.#term.dispose();
  }

  async #hear(host: Host, board: string): Promise<void> {
    const stop = await host.terminal(board, (bytes) => this.#flow.push(bytes)).catch(() => () => undefined);
    if (this.#disposed) stop();
    else this.#stopHearing = stop;
  }

  #sink() {
    const text = new TerminalText();
    const write = (bytes: Uint8Array, drawn: () => void) => {
      this.#arrivals.before();
      this.empty = false;
      this.#term.write(text.decode(bytes), () => {
        this.#arrivals.after();
        const { active } = this.#term.buffer;
        if (active.viewportY < active.baseY) this.newBelow = true;
        drawn();
      });
    };
    const writeTimed = (bytes: Uint8Array, started: () => void, drawn: () => void) => {
      this.#term.write('', started);
      write(bytes, drawn);
    };
    return { write, writeTimed };
  }

  #send(data: string, paste: boolean): void {
    this.#input.push(data, paste);
    this.#term.scrollToBottom();
  }

  /** False keeps the key from the terminal. */
  #key(event: KeyboardEvent): boolean {
    // While an input method composes, every key is its own.
    if (event.isComposing || event.keyCode === 229) return true;
    const use = keyUse(event, this.#term.hasSelection(), isMac());
    if (use === 'board') return true;
    if (use === 'window' || use === 'paste' || event.type !== 'keydown') return false;
    event.preventDefault();
    event.stopPropagation();
    if (use === 'find') this.setSearching(true);
    if (use === 'selectAll') this.#term.selectAll();
    // So that Ctrl-C a second time stops the program.
    if (use === 'copy' && this.copy()) this.#term.clearSelection();
    return false;
  }

  #drawn(): void {
    const { active } = this.#term.buffer;
    if (active.viewportY >= active.baseY) this.newBelow = false;
    this.#tracebacks.touch();
    this.#view.drawTimes();
  }

  #selection(): string {
    const range = this.#term.getSelectionPosition();
    if (!range) return '';
    const own = this.#marks.rows();
    const touched = [...own].some((row) => row >= range.start.y && row <= range.end.y);
    const text = touched
      ? rowsText(this.#term.buffer.active, range.start.y, range.end.y, own, range.start.x, range.end.x)
      : this.#term.getSelection();
    // The empty rows below the prompt are not text.
    return text.replace(/\n+$/, '');
  }

  #recolour(palette: Palette): void {
    this.#palette = palette;
    this.#tracebacks.recolour(palette);
  }
}
