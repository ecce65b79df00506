import type { AppError } from '../bindings/AppError';
import { toAppError } from '../shared/error';
import { join, parentOf } from '../shared/path';
import type { App } from './app.svelte';
import type { Tab } from './tabs.svelte';

/** Saving and closing, with the questions that keep work from being lost. */
export class Saving {
  readonly #app: App;

  constructor(app: App) {
    this.#app = app;
  }

  /** Saves where the file lives; asks where it is to live, and what to do when it changed. True when it is saved. */
  async save(tab: Tab): Promise<boolean> {
    if (tab.saving) return false;
    if (tab.place === null || tab.path === null) return this.saveAs(tab);
    return this.#write(tab, (op) => this.#app.tabs.save(tab, op));
  }

  /** Asks for a name and a side and saves there. */
  async saveAs(tab: Tab): Promise<boolean> {
    const { app, t } = this.#with();
    const folder = tab.path === null ? '/' : parentOf(tab.path);
    const target = await app.dialogs.open('saveAs', { name: tab.name, place: tab.place, folder });
    if (!target) return false;
    const { place, path } = target;
    return this.#write(
      tab,
      (op) => app.tabs.saveAs(tab, place, path, op),
      async () => {
        const where = place.side === 'folder' ? t.files.where.folder : t.files.where.board;
        if (!(await app.filing.mayReplace(path, where))) return false;
        return this.#write(tab, (op) => app.tabs.saveAs(tab, place, path, op, true));
      },
    );
  }

  /** Saves every unsaved tab; stops at the first that stays unsaved. */
  async saveAll(): Promise<boolean> {
    for (const tab of [...this.#app.tabs.unsaved]) if (!(await this.save(tab))) return false;
    return true;
  }

  /** Closes a tab; asks first when its text is nowhere else. */
  async close(tab: Tab): Promise<boolean> {
    const { app, t } = this.#with();
    if (tab.unsaved) {
      app.tabs.activate(tab);
      const answer = await app.dialogs.ask({
        title: t.save.closeTitle(tab.name),
        text: [t.save.closeText],
        choices: [
          { value: 'save', label: t.save.button, look: 'primary' },
          { value: 'discard', label: t.save.discard, look: 'danger' },
          { value: 'cancel', label: t.dialog.cancel },
        ],
        escape: 'cancel',
        testid: 'dialog-unsaved',
      });
      if (answer === 'cancel') return false;
      if (answer === 'save' && !(await this.save(tab))) return false;
    }
    app.tabs.close(tab);
    return true;
  }

  /** The window wants to close: asks about everything unsaved, then lets it. */
  async closeWindow(): Promise<void> {
    const { app, t } = this.#with();
    const unsaved = app.tabs.unsaved;
    if (unsaved.length > 0) {
      if (this.#asking) return;
      this.#asking = true;
      try {
        const answer = await app.dialogs.ask({
          title: t.save.closeMany(unsaved.length),
          text: [t.save.closeManyText],
          list: unsaved.map((tab) => tab.name),
          choices: [
            { value: 'save', label: t.save.saveAll, look: 'primary' },
            { value: 'discard', label: t.save.discard, look: 'danger' },
            { value: 'cancel', label: t.dialog.cancel },
          ],
          escape: 'cancel',
          testid: 'dialog-close-window',
        });
        if (answer === 'cancel') return;
        if (answer === 'save' && !(await this.saveAll())) return;
      } finally {
        this.#asking = false;
      }
    }
    await app.settings.flush();
    await app.host.call('window_close', {});
  }

  #asking = false;

  async #write(
    tab: Tab,
    write: (op: string) => Promise<void>,
    whenTaken: () => Promise<boolean> = () => this.#conflict(tab),
  ): Promise<boolean> {
    const { app, t } = this.#with();
    try {
      await app.operations.during(t.op.saving(tab.name), write);
      app.notices.ok(t.save.saved(tab.name));
      return true;
    } catch (thrown) {
      const error = toAppError(thrown);
      if (error.code === 'file-exists') return whenTaken();
      if (error.code === 'file-changed') return this.#conflict(tab);
      return this.#failed(tab, error);
    }
  }

  async #conflict(tab: Tab): Promise<boolean> {
    const { app, t } = this.#with();
    const answer = await app.dialogs.ask({
      title: t.save.conflictTitle(tab.name),
      text: [t.save.conflictText],
      choices: [
        { value: 'overwrite', label: t.save.overwrite, look: 'primary' },
        { value: 'reload', label: t.save.reload, look: 'danger' },
        { value: 'cancel', label: t.dialog.cancel },
      ],
      escape: 'cancel',
      testid: 'dialog-conflict',
    });
    if (answer === 'overwrite') return this.#write(tab, (op) => app.tabs.save(tab, op, true));
    if (answer === 'reload') await app.attempt(() => app.tabs.reload(tab, null));
    return answer === 'reload';
  }

  async #failed(tab: Tab, error: AppError): Promise<boolean> {
    const { app, t } = this.#with();
    tab.failure = error;
    if (error.code === 'cancelled') {
      app.fail(error);
      return false;
    }
    const shown = app.i18n.error(error);
    const answer = await app.dialogs.ask({
      title: t.save.failed(tab.name),
      text: [shown.message, shown.help, t.save.keepText].filter((line) => line !== ''),
      detail: shown.detail,
      choices: [
        { value: 'again', label: t.connect.again, look: 'primary' },
        { value: 'elsewhere', label: t.save.elsewhere },
        { value: 'close', label: t.dialog.close },
      ],
      escape: 'close',
      testid: 'dialog-save-failed',
    });
    if (answer === 'again') return this.save(tab);
    return answer === 'elsewhere' ? this.saveAs(tab) : false;
  }

  #with() {
    return { app: this.#app, t: this.#app.i18n.t };
  }
}

/** A path from what was typed as a name, which may name folders below. */
export function pathFromName(folder: string, name: string): string {
  return name.startsWith('/') ? name : join(folder, name);
}
