import type { FileEntry } from '../bindings/FileEntry';
import type { Place } from '../bindings/Place';
import { toAppError } from '../shared/error';
import { baseName, join } from '../shared/path';
import { FOLDER, onBoard, samePlace } from '../shared/place';
import type { App } from './app.svelte';
import type { Tree } from './tree.svelte';

/** What is done to files from the trees, with its questions. */
export class Filing {
  readonly #app: App;

  constructor(app: App) {
    this.#app = app;
  }

  /** Opens a file in the editor. */
  async open(place: Place, path: string): Promise<boolean> {
    const { app, t } = this.#with();
    const name = baseName(path);
    app.view = 'editor';
    return app.attempt(async () => {
      const tab = await app.operations.during(t.op.opening(name), (op) => app.tabs.open(place, path, op));
      if (!tab) app.notices.show({ level: 'warn', text: t.files.noText(name) });
    });
  }

  /** Opens a file and puts the cursor into it. */
  async openToType(place: Place, path: string): Promise<void> {
    const { app } = this.#with();
    if (!(await this.open(place, path))) return;
    // The editor is drawn first; then it can have the focus.
    requestAnimationFrame(() => app.tabs.find(place, path)?.doc.focus());
  }

  /** Creates the file or folder whose name was typed; keeps the field open when that fails. */
  async create(tree: Tree, parent: string, folder: boolean, name: string): Promise<boolean> {
    const { app } = this.#with();
    return app.attempt(async () => {
      const make = folder ? app.files.createFolder : app.files.createFile;
      const path = await make.call(app.files, tree.place, parent, name);
      tree.creating = null;
      await tree.list(parent);
      tree.selected = path;
      if (!folder) await this.openToType(tree.place, path);
    });
  }

  async rename(tree: Tree, path: string, name: string): Promise<boolean> {
    const { app } = this.#with();
    return app.attempt(async () => {
      const to = await app.files.rename(tree.place, path, name);
      tree.renaming = null;
      tree.selected = to;
    });
  }

  /** Deletes, after saying what and how much. */
  async remove(tree: Tree, entry: FileEntry): Promise<void> {
    const { app, t } = this.#with();
    const answer = await app.dialogs.ask({
      title: t.remove.title(entry.name, tree.place.side),
      text: [await this.#whatGoes(tree.place, entry), tree.place.side === 'folder' ? t.remove.toTrash : t.remove.forGood],
      choices: [
        { value: 'delete', label: t.remove.button, look: 'danger' },
        { value: 'cancel', label: t.dialog.cancel },
      ],
      escape: 'cancel',
      testid: 'dialog-delete',
    });
    if (answer !== 'delete') return;
    await app.attempt(async () => {
      await app.operations.during(t.op.deleting(entry.name), (op) => app.files.remove(tree.place, entry.path, op));
      app.notices.ok(t.op.deleted(entry.name));
    });
  }

  /** Copies into a folder of a place (the other side's root by default), asking before it replaces anything. */
  async copy(from: Place, path: string, to: Place, folder = '/'): Promise<void> {
    const { app, t } = this.#with();
    const name = baseName(path);
    const toPath = join(folder, name);
    const where = to.side === 'folder' ? t.files.where.folder : t.files.where.board;
    const copy = (overwrite: boolean) =>
      app.operations.during(t.op.copying(name), (op) => app.files.copy(from, path, to, toPath, overwrite, op));
    await app.attempt(async () => {
      try {
        await copy(false);
      } catch (thrown) {
        if (toAppError(thrown).code !== 'file-exists') throw thrown;
        const folder = app.files.tree(from)?.entry(path)?.folder ?? false;
        if (!(await this.mayReplace(toPath, where, folder))) return;
        await copy(true);
      }
      app.notices.ok(t.op.copied(name, to.side === 'folder' ? t.op.toFolder : t.op.toBoard));
    });
  }

  /** The side a copy goes to from here: the chosen board's, or the folder's. Null where there is none. */
  otherSide(place: Place): Place | null {
    const { app } = this.#with();
    if (place.side === 'board') return app.files.folder ? FOLDER : null;
    const board = app.boards.chosen;
    return board?.state.kind === 'ready' ? onBoard(board.id) : null;
  }

  /** Whether something can be dropped here that comes from there. */
  accepts(from: Place, to: Place): boolean {
    return !samePlace(from, to);
  }

  /** Asks whether what stands at a path may be replaced. */
  async mayReplace(path: string, where: string, folder = false): Promise<boolean> {
    const { app, t } = this.#with();
    const answer = await app.dialogs.ask({
      title: t.replace.title(baseName(path)),
      text: [folder ? t.replace.folder(path, where) : t.replace.text(path, where)],
      choices: [
        { value: 'replace', label: t.replace.button, look: 'danger' },
        { value: 'cancel', label: t.dialog.cancel },
      ],
      escape: 'cancel',
      testid: 'dialog-replace',
    });
    return answer === 'replace';
  }

  async #whatGoes(place: Place, entry: FileEntry): Promise<string> {
    const { app, t } = this.#with();
    if (!entry.folder) return t.remove.file(entry.path, entry.size);
    try {
      const { files, bytes, complete } = await app.files.count(place, entry.path);
      return complete ? t.remove.folder(entry.path, files, bytes) : t.remove.folderMany(entry.path, files);
    } catch {
      return t.remove.folderUnknown(entry.path);
    }
  }

  #with() {
    return { app: this.#app, t: this.#app.i18n.t };
  }
}
