import { getContext, setContext, tick } from 'svelte';

import type { AppEvent } from '../bindings/AppEvent';
import type { Board } from '../bindings/Board';
import type { Place } from '../bindings/Place';
import type { Host } from '../host/host';
import { I18n } from '../i18n/i18n.svelte';
import { toAppError } from '../shared/error';
import { samePlace } from '../shared/place';
import { Asking } from './asking.svelte';
import { Boards, hasLine, isOpen } from './boards.svelte';
import { Clock } from './clock.svelte';
import { Dialogs } from './dialogs.svelte';
import { Doctor } from './doctor.svelte';
import { Files } from './files.svelte';
import { Filing } from './filing';
import { Menus } from './menus.svelte';
import { Notices } from './notices.svelte';
import { Operations } from './operations.svelte';
import { Routes, isNetworkTarget } from './routes.svelte';
import { Runs } from './runs.svelte';
import { Saving } from './saving';
import { SettingsState } from './settings.svelte';
import { Tabs } from './tabs.svelte';
import { Terminals } from './terminals.svelte';

/** How long file changes are collected before the trees are listed again. */
const COLLECT_CHANGES = 60; // ms

/** From here on, what ran was a program and no typed line. */
const LONG_RUN = 2000; // ms

/** Failures that say all there is to say: what was typed is no address, or nobody wants it any more. */
const PLAIN_FAILURES = ['cancelled', 'address-invalid'];

/** Everything the window knows, without a line of markup. */
export class App {
  readonly i18n = new I18n();
  readonly notices = new Notices();
  readonly dialogs = new Dialogs();
  readonly menus = new Menus();
  readonly clock = new Clock();
  readonly boards: Boards;
  readonly doctor: Doctor;
  readonly routes: Routes;
  readonly files: Files;
  readonly tabs: Tabs;
  readonly terminals: Terminals;
  readonly operations: Operations;
  readonly settings: SettingsState;
  readonly runs: Runs;
  readonly filing: Filing;
  readonly saving: Saving;
  readonly asking: Asking;
  /** What the main area shows. */
  view = $state<'connect' | 'editor' | 'doctor'>('connect');
  /** Whether the panel is folded out. */
  panelShown = $state(true);
  /** Whether the window, measured in its own text size, is too small for everything: the pictures' 1000 px. */
  narrow = $state(false);
  /** What the address field of the connect page is to begin with: an address to be corrected. */
  suggested = $state<string | null>(null);
  palette = $state<'commands' | 'files' | null>(null);
  /** False until the first answers are here; the skeleton stands until then. */
  started = $state(false);
  readonly host: Host;
  readonly #changed: Place[] = [];
  #collecting: ReturnType<typeof setTimeout> | undefined;
  #stopListening: () => void = () => undefined;

  constructor(host: Host) {
    this.host = host;
    this.boards = new Boards(host);
    this.doctor = new Doctor(host);
    this.routes = new Routes(host);
    this.files = new Files(host);
    this.tabs = new Tabs(host);
    this.terminals = new Terminals(host);
    this.operations = new Operations(host);
    this.settings = new SettingsState(host, this.i18n, (thrown) => this.fail(thrown));
    this.runs = new Runs(this);
    this.filing = new Filing(this);
    this.saving = new Saving(this);
    this.asking = new Asking(this);
    this.boards.onchange = (before, after) => this.#boardChanged(before, after);
    this.files.onmoved = (place, from, to) => this.tabs.pathMoved(place, from, to);
    this.files.onfolder = () => this.tabs.leaveFolder();
    this.files.onremoved = (place, path) => this.tabs.pathRemoved(place, path);
  }

  /** Reads what there is and begins to listen. */
  async start(): Promise<void> {
    await this.attempt(async () => {
      this.#stopListening = await this.host.events((event) => this.hear(event));
      const [boards] = await Promise.all([this.host.call('boards_list', {}), this.settings.load()]);
      this.boards.hear(boards);
      this.asking.hear(boards);
      if (this.boards.open.length > 0) this.view = 'editor';
    });
    this.started = true;
    await this.attempt(() => this.routes.load());
    await this.attempt(() => this.files.loadFolder());
  }

  /** Stops listening. */
  stop(): void {
    this.#stopListening();
    clearTimeout(this.#collecting);
    this.clock.run(false);
  }

  /** Takes an event of the backend. */
  hear(event: AppEvent): void {
    switch (event.kind) {
      case 'boards':
        this.boards.hear(event.boards);
        this.asking.hear(event.boards);
        break;
      case 'progress':
        this.operations.hear(event.progress);
        break;
      case 'filesChanged':
        this.#filesChanged(event.place);
        break;
      case 'notice':
        this.notices.show({ level: 'warn', text: this.i18n.error(event.notice).message, error: event.notice });
        break;
      case 'doctor':
        this.doctor.hear(event.diagnosis);
        break;
      case 'closeRequested':
        void this.attempt(() => this.saving.closeWindow());
        break;
    }
  }

  /** Connects and shows the board when it worked; when it did not, the doctor looks for the cause. */
  async connect(target: string): Promise<boolean> {
    const connected = await this.boards.connect(target);
    const id = this.boards.chosenId;
    if (connected) {
      this.view = 'editor';
      this.panelShown = true;
      // The page whose button had the focus is gone; without a file, the terminal is where a person goes on.
      if (id !== null && this.tabs.active === null) {
        await this.terminals.open(id);
        await this.goToTerminal();
      }
    } else {
      const failure = this.boards.failures.get(target);
      if (failure && !PLAIN_FAILURES.includes(failure.code)) await this.diagnose(target);
    }
    return connected;
  }

  /** Looks for the reason why the board at a target does not connect, and shows the search. */
  async diagnose(target: string | null, mayInterrupt = false): Promise<void> {
    this.view = 'doctor';
    await this.attempt(() => this.doctor.start(target, mayInterrupt));
  }

  /** The doctor for the board the window follows, for the last one that failed, or for all ports. */
  async doctorForChosen(): Promise<void> {
    const known = this.doctor.target;
    if (this.view !== 'doctor' && known !== undefined && this.doctor.shown?.state === 'running') this.view = 'doctor';
    else await this.diagnose(this.boards.chosen?.target ?? [...this.boards.failures.keys()].at(-1) ?? null);
  }

  /** Chooses the way to a board, or to all; null takes the board's own choice back. It holds at once. */
  async chooseRoute(target: string | null, choice: string | null): Promise<void> {
    if (await this.attempt(() => this.routes.choose(target, choice))) await this.routeChosen(target);
  }

  /** A board that is connected reconnects by itself; one that failed is tried again. */
  async routeChosen(target: string | null): Promise<void> {
    const failed = target ?? (this.view === 'doctor' ? (this.doctor.shown?.target ?? null) : null);
    if (isNetworkTarget(failed) && !this.boards.open.some((board) => board.target === failed)) await this.connect(failed);
  }

  /** What was tried and never was connected: the doctor knows it, the list of boards does not. */
  readonly strangers = $derived.by(() => this.doctor.all.filter((one) => one.target !== null && !this.boards.list.some((board) => board.target === one.target)));

  /** Shows the address field with an address to be corrected. */
  editAddress(address: string | null): void {
    this.doctor.target = undefined;
    this.suggested = address;
    this.view = 'connect';
  }

  /** Takes an address that never was connected out of the side bar. */
  dismiss(target: string): void {
    const shown = this.view === 'doctor' && this.doctor.target === target;
    this.boards.failures.delete(target);
    this.doctor.forget(target);
    if (shown) this.closeDoctor();
  }

  /** Closes the doctor's page; a search under way ends. */
  closeDoctor(): void {
    this.doctor.close();
    if (this.view === 'doctor') this.view = this.boards.open.length > 0 || this.tabs.all.length > 0 ? 'editor' : 'connect';
  }

  /** Closes a board whose line will not come back by itself, and opens it anew. */
  async reconnect(board: Board): Promise<void> {
    await this.attempt(() => this.boards.disconnect(board.id));
    // Its terminal hears the line that is closed; between the two there may be no event.
    this.terminals.drop(board.id);
    await this.connect(board.target);
  }

  /** Does something; what goes wrong stands in the status bar. */
  async attempt(work: () => Promise<unknown>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (thrown) {
      this.fail(thrown);
      return false;
    }
  }

  /** Shows an error in the status bar. What the person cancelled is no failure. */
  fail(thrown: unknown): void {
    const error = toAppError(thrown);
    const level = error.code === 'cancelled' ? 'warn' : 'bad';
    this.notices.show({ level, text: this.i18n.error(error).message, error });
  }

  /** Shows the terminal and puts the cursor there. */
  async goToTerminal(): Promise<void> {
    this.panelShown = true;
    await tick();
    this.terminals.of(this.boards.chosenId)?.focus();
  }

  #boardChanged(before: Board | undefined, after: Board | undefined): void {
    const id = (after ?? before)?.id;
    if (id === undefined) return;
    const wasOpen = before !== undefined && isOpen(before);
    const open = after !== undefined && isOpen(after);
    if (open) this.files.ensureBoard(id);
    // While it is being opened there is no line yet that a terminal could listen to.
    if (open && hasLine(after)) void this.terminals.open(id);
    if (wasOpen && !open) {
      this.files.dropBoard(id);
      this.terminals.drop(id);
      const empty = this.boards.open.length === 0 && this.tabs.all.length === 0;
      // The doctor, who looks why it is not open, stays.
      if (empty && this.view === 'editor') this.view = 'connect';
    }
    if (open) this.#followState(id, before, after);
    this.clock.run(this.boards.list.some((board) => board.state.kind === 'running'));
  }

  /** A program may have written files, and a board that was away may have other ones: list again once it is ready. */
  #followState(id: string, before: Board | undefined, after: Board): void {
    const tree = this.files.boardTree(id);
    if (!tree) return;
    const was = before?.state;
    const is = after.state;
    if (is.kind === 'reconnecting' || is.kind === 'lost') tree.clear();
    if (is.kind === 'connecting' || (is.kind === 'busy' && is.work === 'resetting')) tree.stale = true;
    // A line typed at the prompt also shows as a program for a moment; listing after each would hold up the typing.
    // After a run of ours the backend says itself that files may have changed.
    if (was?.kind === 'running' && was.name === null && Date.now() - was.sinceMs > LONG_RUN) tree.stale = true;
    if (is.kind === 'ready' && was?.kind !== 'ready' && tree.stale) void tree.refresh();
  }

  #filesChanged(place: Place): void {
    if (!this.#changed.some((other) => samePlace(other, place))) this.#changed.push(place);
    this.#collecting ??= setTimeout(() => {
      this.#collecting = undefined;
      for (const changed of this.#changed.splice(0)) void this.#listAgain(changed);
    }, COLLECT_CHANGES);
  }

  async #listAgain(place: Place): Promise<void> {
    const tree = this.files.tree(place);
    if (!tree) return;
    const board = place.side === 'board' ? this.boards.find(place.board) : undefined;
    if (board && board.state.kind !== 'ready' && board.state.kind !== 'busy') {
      tree.stale = true;
      return;
    }
    await tree.refresh();
    // Reading every open file again over a serial line would hold up the board; there, saving finds out.
    if (place.side === 'folder') await this.tabs.follow(place);
  }
}

const KEY = Symbol('app');

export function provideApp(app: App): void {
  setContext(KEY, app);
}

export function useApp(): App {
  return getContext<App>(KEY);
}
