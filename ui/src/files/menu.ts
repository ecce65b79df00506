import type { FileEntry } from '../bindings/FileEntry';
import type { App } from '../state/app.svelte';
import type { MenuEntry } from '../state/menus.svelte';
import type { Tree } from '../state/tree.svelte';

/** What the + of a tree offers. A board without folders is not offered one. */
export function newMenu(app: App, tree: Tree, folders: boolean, parent = tree.target): MenuEntry[] {
  const { t } = app.i18n;
  const file: MenuEntry = { label: t.files.newFileHere, icon: 'file', testid: 'new-file', run: () => begin(tree, parent, false) };
  const folder: MenuEntry = { label: t.files.newFolderHere, icon: 'folder', testid: 'new-folder', run: () => begin(tree, parent, true) };
  return folders ? [file, folder] : [file];
}

/** Lets the person type the name of something new, in the folder it will be in. */
export function begin(tree: Tree, parent: string, folder: boolean): void {
  if (parent !== '/') void tree.toggle(parent, true);
  tree.renaming = null;
  tree.creating = { parent, folder };
}

/** What can be done with an entry of a tree. */
export function entryMenu(app: App, tree: Tree, entry: FileEntry): MenuEntry[] {
  const { t } = app.i18n;
  const other = app.filing.otherSide(tree.place);
  const board = tree.place.side === 'board' ? app.boards.find(tree.place.board) : undefined;
  const cannot = board?.info?.cannot ?? [];
  const entries: MenuEntry[] = entry.folder
    ? [...newMenu(app, tree, true, entry.path), 'line']
    : [{ label: t.files.open, icon: 'file', shortcut: 'Enter', testid: 'entry-open', run: () => void app.filing.open(tree.place, entry.path) }];
  if (other) {
    const toFolder = other.side === 'folder';
    entries.push({
      label: toFolder ? t.files.toFolder : t.files.toBoard,
      icon: toFolder ? 'save' : 'arrow-right',
      testid: 'entry-copy',
      run: () => void app.filing.copy(tree.place, entry.path, other),
    });
  }
  entries.push('line');
  if (!cannot.includes('no-rename')) {
    entries.push({ label: t.files.rename, shortcut: 'F2', testid: 'entry-rename', run: () => (tree.renaming = entry.path) });
  }
  entries.push({
    label: t.files.delete,
    icon: 'trash',
    danger: true,
    shortcut: 'Delete',
    testid: 'entry-delete',
    run: () => void app.filing.remove(tree, entry),
  });
  return entries;
}
