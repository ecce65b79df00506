import type { AppError } from '../../bindings/AppError';
import type { AppEvent } from '../../bindings/AppEvent';
import type { Board } from '../../bindings/Board';
import type { BoardState } from '../../bindings/BoardState';
import type { Commands } from '../../bindings/Commands';
import type { Diagnosis } from '../../bindings/Diagnosis';
import type { Folder } from '../../bindings/Folder';
import type { Place } from '../../bindings/Place';
import type { ProxyChoices } from '../../bindings/ProxyChoices';
import type { ProxyDocument } from '../../bindings/ProxyDocument';
import type { RunCode } from '../../bindings/RunCode';
import type { RunOutcome } from '../../bindings/RunOutcome';
import type { Settings } from '../../bindings/Settings';
import type { Host } from '../host';
import type { Question } from '../../bindings/Question';
import { fakeBoards, FOLDER_FILES, networkBoard, type FakeBoard } from './boards';
import { Disk } from './disk';
import { rewritten } from './doctor';
import { fault } from './errors';
import { readScript } from './repl';

export { fault } from './errors';

type Handlers = {
  [K in keyof Commands]: (request: Commands[K]['request']) => Commands[K]['response'] | Promise<Commands[K]['response']>;
};

type FakeAnswer = 'trust' | { user?: string; password: string; remember: boolean };

/** What was typed, as the backend makes it whole. */
function complete(typed: string): string {
  if (/^(serial:)?(\/|COM\d)/.test(typed)) return `serial:${typed.replace(/^serial:/, '')}`;
  const host = typed.replace(/^wss?:\/\//, '');
  if (!host.includes('.')) throw fault('address-invalid');
  if (typed.startsWith('wss://')) return typed;
  return /:\d+$/.test(host) ? `ws://${host}` : `ws://${host}:8266`;
}

/** A host with scripted boards, for tests and for working on the window in a plain browser. */
export class FakeHost implements Host {
  readonly boards: FakeBoard[];
  readonly folder = new Disk(FOLDER_FILES);
  folderNow: Folder = { name: 'greenhouse', shown: '~/greenhouse' };
  /** What the person will choose; nothing means that they cancel. */
  nextFolder: Folder | null = null;
  /** Whether a folder is open. */
  folderOpen: boolean;
  settings: Settings = { theme: 'system', language: 'system', textScale: 100, sideBar: 264, panel: 35, timestamps: false };
  systemLanguage = 'en';
  /** Every call, for tests. */
  readonly calls: { name: keyof Commands; request: unknown }[] = [];
  windowClosed = false;
  /** Milliseconds that a call takes; 0 answers in a microtask. */
  readonly #pace: number;
  readonly #listeners = new Set<(event: AppEvent) => void>();
  readonly #faults = new Map<keyof Commands, AppError[]>();
  readonly #cancelled = new Set<string>();
  readonly #asked = new Map<string, (answer: FakeAnswer | null) => void>();
  #lastQuestion = 0;
  /** What the person had done about a finding. */
  readonly remedies: string[] = [];
  /** What was chosen for the ways to boards. */
  proxies: ProxyChoices = { default: 'system', lanBypass: true, boards: {} };
  /** The way that the next connection to any board would take. */
  way: Omit<ProxyDocument, 'url'> = { route: 'direct', proxy: null, via: null, source: 'lan', reason: 'The board is on this network, so no proxy is used.', rule: '' };
  /** Whether the doctor takes for ever. */
  slowDoctor = false;
  #nextRun = 1;
  #diagnosed: Diagnosis | null = null;
  /** Why there is no key store; nothing means that there is one. */
  noKeyStore: AppError | null = null;

  constructor({ pace = 0, folder = true } = {}) {
    this.#pace = pace;
    this.folderOpen = folder;
    this.boards = fakeBoards();
  }

  async call<K extends keyof Commands>(name: K, request: Commands[K]['request']): Promise<Commands[K]['response']> {
    this.calls.push({ name, request });
    if (this.#pace > 0) await new Promise((resolve) => setTimeout(resolve, this.#pace));
    const scripted = this.#faults.get(name)?.shift();
    if (scripted) throw scripted;
    return this.#handlers[name](request);
  }

  events(listener: (event: AppEvent) => void): Promise<() => void> {
    this.#listeners.add(listener);
    return Promise.resolve(() => this.#listeners.delete(listener));
  }

  terminal(board: string, listener: (bytes: Uint8Array) => void): Promise<() => void> {
    const known = this.#board(board);
    listener(known.recent);
    known.listeners.add(listener);
    return Promise.resolve(() => known.listeners.delete(listener));
  }

  /** Tells every listener. */
  emit(event: AppEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  /** Makes the next call of a command fail. */
  failNext(name: keyof Commands, error: AppError): void {
    this.#faults.set(name, [...(this.#faults.get(name) ?? []), error]);
  }

  /** Pulls the cable. */
  unplug(id: string): void {
    this.#board(id).interrupt?.();
    this.set(id, { kind: 'lost', because: fault('lost') });
  }

  /** Puts it back in. */
  plug(id: string): void {
    this.set(id, { kind: 'connecting', waitingFor: 'prompt' });
    this.set(id, { kind: 'ready' });
    this.#board(id).repl.prompt();
  }

  /** Gives a board a state and tells. */
  set(id: string, state: FakeBoard['state']): void {
    this.#board(id).state = state;
    this.#tell();
  }

  board(id: string): FakeBoard {
    return this.#board(id);
  }

  readonly #handlers: Handlers = {
    boards_list: () => this.boards.map((board) => board.board),
    target_complete: ({ target }) => complete(target),
    board_open: ({ target }) => this.#open(complete(target)),
    board_close: ({ board }) =>
      this.#quiet(() => {
        this.#answer(board, null);
        this.set(board, this.#board(board).board.network ? { kind: 'absent' } : { kind: 'present' });
      }),
    password_answer: ({ board, password, remember }) => this.#quiet(() => this.#answer(board, { password, remember })),
    password_forget: ({ board }) => this.#quiet(() => this.#keep(board, false)),
    proxy_answer: ({ board, user, password, remember }) => this.#quiet(() => this.#answer(board, { user, password, remember })),
    proxy_decline: ({ board }) => this.#quiet(() => this.#answer(board, null)),
    proxy_forget: () => null,
    certificate_trust: ({ board }) => this.#quiet(() => this.#answer(board, 'trust')),
    board_rename: ({ board, name }) =>
      this.#quiet(() => {
        const known = this.#board(board);
        known.board = { ...known.board, title: name === '' ? known.board.place : name };
        this.#tell();
      }),
    board_forget: ({ board }) => {
      const index = this.boards.findIndex((known) => known.id === board);
      if (index >= 0) this.boards.splice(index, 1);
      this.emit({ kind: 'boards', boards: this.boards.map((known) => known.board) });
      return null;
    },
    board_stop: ({ board }) => this.#quiet(() => this.#board(board).interrupt?.()),
    board_reset: ({ board }) => {
      const known = this.#board(board);
      known.interrupt?.();
      known.print('\r\nMPY: soft reboot\r\n');
      known.repl.banner(known.info.machine, known.info.version);
      return null;
    },
    board_info: ({ board }) => ({ ...this.#board(board).info, space: this.#board(board).space }),
    run_code: (request) => this.#run(request),
    terminal_input: ({ board, data }) => {
      const known = this.#board(board);
      if (known.state.kind !== 'running') known.repl.type(data);
      else if (data.includes('\x03')) known.interrupt?.();
      else known.print(data.replaceAll('\r', '\r\n'));
      return null;
    },
    terminal_credit: () => null,
    terminal_save: () => true,
    files_list: ({ place, path }) => this.#disk(place).list(path),
    file_read: ({ place, path }) => this.#disk(place).read(path),
    file_write: async ({ place, path, text, expect, op }) => {
      await this.#progress(op, path, text.length);
      const written = this.#disk(place).write(path, text, expect);
      this.#changed(place);
      return written;
    },
    file_rename: ({ place, path, to }) => this.#changing(place, (disk) => disk.rename(path, to)),
    file_remove: ({ place, path }) => this.#changing(place, (disk) => disk.remove(path)),
    file_copy: async ({ from, path, to, toPath, overwrite, op }) => {
      if (!overwrite && this.#disk(to).has(toPath)) throw fault('file-exists');
      await this.#progress(op, path, 19_900);
      return this.#changing(to, (disk) => this.#disk(from).copy(path, disk, toPath, overwrite));
    },
    folder_create: ({ place, path }) => this.#changing(place, (disk) => disk.makeFolder(path)),
    files_space: ({ place }) => (place.side === 'folder' ? { free: null, total: null } : this.#board(place.board).space),
    folder_choose: () => {
      this.folderOpen = true;
      if (this.nextFolder) this.folderNow = this.nextFolder;
      return this.folderNow;
    },
    folder_current: () => (this.folderOpen ? this.folderNow : null),
    proxy_choices: () => this.proxies,
    proxy_route: ({ url }) => ({ url, ...this.way }),
    proxy_choose: ({ url, choice }) => {
      if (choice?.includes('nonsense')) throw fault('address-invalid');
      const boards = { ...this.proxies.boards };
      if (url === null) return (this.proxies = { ...this.proxies, default: choice ?? 'system' });
      if (choice === null) delete boards[url];
      else boards[url] = choice;
      return (this.proxies = { ...this.proxies, boards });
    },
    proxy_lan_bypass: ({ on }) => (this.proxies = { ...this.proxies, lanBypass: on }),
    doctor_start: ({ target }) => this.#diagnose(target),
    doctor_cancel: ({ run }) => {
      this.emit({ kind: 'doctor', diagnosis: { ...rewritten(run, null), ...this.#diagnosed, state: 'cancelled', verdict: null, cause: null } });
      return null;
    },
    doctor_report: ({ run }) => `Report ${run}`,
    wifi_scan: () => [
      { name: 'Home', rssi: -48, open: false },
      { name: 'Garden', rssi: -80, open: true },
    ],
    webrepl_setup: () => ({ target: 'ws://192.168.1.57:8266/', address: '192.168.1.57', kept: ['boot.py.bak'] }),
    remedy_apply: ({ action }) => {
      this.remedies.push(action);
      return null;
    },
    op_cancel: ({ op }) => this.#quiet(() => this.#cancelled.add(op)),
    settings_get: () => this.settings,
    settings_set: (settings) => this.#quiet(() => (this.settings = settings)),
    about: () => ({ version: '0.1.0', os: 'linux', systemLanguage: this.systemLanguage }),
    window_close: () => this.#quiet(() => (this.windowClosed = true)),
  };

  /** Looks for the cause: everything is seen at once, after the answer. */
  #diagnose(target: string | null): Diagnosis {
    const end = rewritten(this.#nextRun++, target);
    const begun: Diagnosis = {
      ...end,
      state: 'running',
      tookMs: null,
      verdict: null,
      cause: null,
      summary: '',
      explanation: '',
      checks: end.checks.map((check) => ({ ...check, status: 'pending', because: '', ms: 0, findings: [] })),
      paths: [],
      echoes: [],
      console: null,
    };
    this.#diagnosed = begun;
    if (!this.slowDoctor) setTimeout(() => this.emit({ kind: 'doctor', diagnosis: end }), this.#pace * 8);
    return begun;
  }

  async #open(target: string) {
    if (/^wss?:/.test(target)) return this.#openNetwork(target);
    const wanted = target.replace(/^serial:/, '');
    const known = this.boards.find((board) => board.board.target === `serial:${wanted}`);
    if (!known || known.state.kind === 'absent') throw fault('no-port');
    if (known.board.guess === 'usb-bridge') throw fault('port-busy', 'flock: EWOULDBLOCK, pid 4112');
    this.set(known.id, { kind: 'connecting', waitingFor: 'prompt' });
    if (this.#pace > 0) await new Promise((resolve) => setTimeout(resolve, this.#pace * 4));
    if (known.recent.length === 0) known.repl.banner(known.info.machine, known.info.version);
    this.set(known.id, { kind: 'ready' });
    return known.board;
  }

  async #openNetwork(target: string): Promise<Board> {
    let known = this.boards.find((board) => board.board.target === target);
    if (!known) this.boards.push((known = networkBoard(target)));
    for (const waitingFor of ['name', 'tcp', 'handshake', 'password-prompt', 'key-store'] as const) {
      this.set(known.id, { kind: 'connecting', waitingFor });
      if (this.#pace > 0) await new Promise((resolve) => setTimeout(resolve, this.#pace * 4));
    }
    if (target.includes('nowhere')) {
      this.set(known.id, { kind: 'absent' });
      throw fault('no-answer');
    }
    const kept = known.board.network?.passwordKept ?? false;
    let reason: 'needed' | 'rejected' = 'needed';
    for (let right = kept; !right; ) {
      this.set(known.id, { kind: 'connecting', waitingFor: 'password' });
      const given = await this.ask(known.id, { kind: 'password', id: 0, reason, kept, noKeyStore: this.noKeyStore });
      if (given === null || given === 'trust') throw fault('cancelled');
      this.set(known.id, { kind: 'connecting', waitingFor: 'login' });
      if (this.#pace > 0) await new Promise((resolve) => setTimeout(resolve, this.#pace * 8));
      right = given.password === known.password;
      reason = 'rejected';
      if (right && given.remember) this.#keep(known.id, true);
    }
    if (known.recent.length === 0) known.repl.banner(known.info.machine, known.info.version);
    this.set(known.id, { kind: 'connecting', waitingFor: 'prompt' });
    this.set(known.id, { kind: 'ready' });
    return known.board;
  }

  /** Asks the person about a board, and waits for the answer. */
  ask(id: string, question: Question): Promise<FakeAnswer | null> {
    const known = this.#board(id);
    known.board = { ...known.board, question: { ...question, id: (this.#lastQuestion += 1) } };
    this.#tell();
    return new Promise((resolve) => this.#asked.set(id, resolve));
  }

  #answer(id: string, answer: FakeAnswer | null): void {
    const known = this.#board(id);
    known.board = { ...known.board, question: null };
    const resolve = this.#asked.get(id);
    this.#asked.delete(id);
    this.#tell();
    resolve?.(answer);
  }

  #keep(id: string, passwordKept: boolean): void {
    const known = this.#board(id);
    known.board = { ...known.board, network: { certificate: null, route: null, choice: null, ...known.board.network, passwordKept } };
    this.#tell();
  }

  #tell(): void {
    this.emit({ kind: 'boards', boards: this.boards.map((board) => board.board) });
  }

  async #run({ board, name, code }: RunCode): Promise<RunOutcome> {
    const known = this.#board(board);
    if (known.state.kind !== 'ready') throw fault('program-running');
    const script = readScript(name, code);
    this.set(board, { kind: 'running', name, sinceMs: Date.now() });
    for (const line of script.output) known.print(`${line}\r\n`);
    if (script.endless) {
      await new Promise<void>((resolve) => (known.interrupt = resolve));
      known.interrupt = null;
      script.exception = { kind: 'KeyboardInterrupt', message: '', traceback: 'KeyboardInterrupt', line: null };
    } else if (this.#pace > 0) await new Promise((resolve) => setTimeout(resolve, 400));
    if (script.exception) known.print(`${script.exception.traceback}\r\n`);
    known.repl.prompt();
    if ((known.state as BoardState).kind === 'running') this.set(board, { kind: 'ready' });
    this.#changed({ side: 'board', board });
    return { exception: script.exception };
  }

  /** Tells how bytes move, in steps, as long as nobody cancels. */
  async #progress(op: string | null, path: string, total: number): Promise<void> {
    if (op === null) return;
    const name = path.slice(path.lastIndexOf('/') + 1);
    const steps = this.#pace > 0 ? 8 : 2;
    for (let step = 1; step <= steps; step += 1) {
      const done = Math.round((total * step) / steps);
      this.emit({ kind: 'progress', progress: { op, name, done, total, phase: 'transferring' } });
      await new Promise((resolve) => setTimeout(resolve, this.#pace));
      if (this.#cancelled.has(op)) throw fault('cancelled');
    }
  }

  #changing(place: Place, change: (disk: Disk) => void): null {
    change(this.#disk(place));
    this.#changed(place);
    return null;
  }

  #changed(place: Place): void {
    this.emit({ kind: 'filesChanged', place });
  }

  #disk(place: Place): Disk {
    if (place.side === 'folder') return this.folder;
    const known = this.#board(place.board);
    if (known.state.kind === 'running') throw fault('program-running');
    if (known.state.kind !== 'ready' && known.state.kind !== 'busy') throw fault('closed');
    return known.disk;
  }

  #board(id: string): FakeBoard {
    const known = this.boards.find((board) => board.id === id);
    if (!known) throw fault('closed');
    return known;
  }

  #quiet(work: () => unknown): null {
    work();
    return null;
  }
}
