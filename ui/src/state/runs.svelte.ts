import { SvelteSet } from 'svelte/reactivity';

import type { AppError } from '../bindings/AppError';
import { toAppError } from '../shared/error';
import { isOpen } from './boards.svelte';
import { boardTitle } from './words';
import type { App } from './app.svelte';
import type { Tab } from './tabs.svelte';

/** Why Run is off. */
export type RunOff = 'noBoard' | 'noFile' | 'notReady';

/** Running the buffer in front on the chosen board. */
export class Runs {
  /** Boards on which a program of ours runs. */
  readonly active = new SvelteSet<string>();
  readonly #app: App;
  readonly off = $derived.by(() => this.#whyOff());
  readonly canStop = $derived.by(() => {
    const board = this.#app.boards.chosen;
    return board?.state.kind === 'running' || (board !== null && this.active.has(board.id));
  });
  readonly canReset = $derived.by(() => {
    const kind = this.#app.boards.chosen?.state.kind;
    return kind === 'ready' || kind === 'busy' || kind === 'running';
  });

  constructor(app: App) {
    this.#app = app;
  }

  /** Runs the tab in front as it is, saved or not. */
  async run(tab: Tab | null = this.#app.tabs.active): Promise<void> {
    const app = this.#app;
    const board = app.boards.chosen;
    if (!tab || !board || this.off !== null) return;
    const { t } = app.i18n;
    const since = Date.now();
    this.active.add(board.id);
    app.panelShown = true;
    app.notices.dismiss();
    tab.doc.setErrorLine(null);
    app.terminals.of(board.id)?.mark(t.run.mark(tab.name, since));
    try {
      const { exception } = await app.host.call('run_code', { board: board.id, name: tab.name, code: tab.doc.text() });
      if (!exception) app.notices.ok(t.run.done(tab.name, Date.now() - since));
      else if (exception.kind === 'KeyboardInterrupt') app.notices.ok(t.run.stopped(tab.name));
      else {
        const line = exception.line;
        tab.doc.setErrorLine(line);
        app.notices.show({
          level: 'bad',
          text: t.run.exception(tab.name, exception.kind, line),
          error: { code: 'exception', message: exception.message, help: '', detail: exception.traceback },
          action: line === null ? undefined : { label: t.run.goTo(line), run: () => this.#goTo(tab, line) },
        });
      }
    } catch (thrown) {
      app.fail(thrown);
    } finally {
      this.active.delete(board.id);
    }
  }

  /** Stops the program. One that does not let itself be stopped leaves the reset as the way out. */
  async stop(id = this.#app.boards.chosenId): Promise<boolean> {
    if (id === null) return false;
    const app = this.#app;
    try {
      await app.boards.stop(id);
      return true;
    } catch (thrown) {
      const error = toAppError(thrown);
      if (error.code !== 'interrupt-swallowed') {
        app.fail(error);
        return false;
      }
      const action = { label: app.i18n.t.boards.action.hardReset, run: () => void this.reset('hard', id) };
      app.notices.show({ level: 'bad', text: app.i18n.error(error).message, error, action });
      return false;
    }
  }

  /** Resets a board; one that nobody could reach afterwards only after a question. */
  async reset(how: 'soft' | 'hard', id = this.#app.boards.chosenId): Promise<boolean> {
    if (id === null) return false;
    const app = this.#app;
    try {
      await app.boards.reset(id, how);
      return true;
    } catch (thrown) {
      const error = toAppError(thrown);
      if (error.code !== 'would-lose-webrepl') {
        app.fail(error);
        return false;
      }
      if (!(await this.#resetAnyway(id, error))) return false;
      return app.attempt(() => app.boards.reset(id, how, true));
    }
  }

  async #resetAnyway(id: string, because: AppError): Promise<boolean> {
    const { t } = this.#app.i18n;
    const { message, help, detail } = this.#app.i18n.error(because);
    const board = this.#app.boards.find(id);
    const answer = await this.#app.dialogs.ask({
      title: t.network.reset.title(board ? boardTitle(this.#app.i18n, board) : id),
      text: [message, t.network.reset.text, help],
      detail,
      choices: [
        { value: 'reset', label: t.network.reset.button, look: 'danger' },
        { value: 'cancel', label: t.dialog.cancel },
      ],
      escape: 'cancel',
      testid: 'dialog-reset',
    });
    return answer === 'reset';
  }

  #whyOff(): RunOff | null {
    const board = this.#app.boards.chosen;
    if (!board || !isOpen(board)) return 'noBoard';
    if (!this.#app.tabs.active || this.#app.view !== 'editor') return 'noFile';
    // Our own short work (a listing, a save) is no reason to refuse: the program runs right after it.
    const waits = board.state.kind === 'ready' || board.state.kind === 'busy';
    return waits && !this.active.has(board.id) ? null : 'notReady';
  }

  #goTo(tab: Tab, line: number): void {
    this.#app.tabs.activate(tab);
    this.#app.view = 'editor';
    tab.doc.goTo(line);
    tab.doc.focus();
  }
}
