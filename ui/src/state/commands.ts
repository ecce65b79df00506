import { isOpen } from './boards.svelte';
import type { App } from './app.svelte';
import { nextRegion } from './regions';

/** Something the person can ask for by name or by key. */
export interface Command {
  id: string;
  title: string;
  /** All of its keys; the first is shown. */
  keys: string[];
  /** Whether it makes sense now. */
  enabled: boolean;
  /** Left out of the list of commands, where it would be noise. */
  hidden?: boolean;
  run: () => unknown;
}

/** Every command, as things are now. The palette, the menus and the keyboard all use this one list. */
export function commands(app: App): Command[] {
  const { t } = app.i18n;
  const tab = app.tabs.active;
  const board = app.boards.chosen;
  const session = app.terminals.of(app.boards.chosenId);
  const some = app.tabs.all.length > 0;
  const of = (id: string, title: string, keys: string[], run: () => unknown, enabled = true, hidden = false): Command => ({
    id,
    title,
    keys,
    run,
    enabled,
    hidden,
  });
  return [
    of('run', t.toolbar.run, ['F5'], () => app.runs.run(), app.runs.off === null),
    of('stop', t.toolbar.stop, ['Shift+F5'], () => app.runs.stop(), app.runs.canStop),
    of('soft-reset', t.boards.action.softReset, [], () => app.runs.reset('soft'), app.runs.canReset),
    of('hard-reset', t.boards.action.hardReset, [], () => app.runs.reset('hard'), app.runs.canReset),
    of('save', t.command.save, ['Mod+S'], () => tab && app.saving.save(tab), tab !== null),
    of('save-as', t.command.saveAs, [], () => tab && app.saving.saveAs(tab), tab !== null),
    of('save-all', t.command.saveAll, [], () => app.saving.saveAll(), app.tabs.unsaved.length > 0),
    of('new-file', t.command.newFile, ['Mod+N'], () => newFile(app)),
    of('open-folder', t.command.openFolder, ['Mod+O'], () => app.attempt(() => app.files.chooseFolder())),
    of('go-to-file', t.command.goToFile, ['Mod+P'], () => (app.palette = 'files')),
    of('palette', t.command.palette, ['Mod+Shift+P'], () => (app.palette = 'commands'), true, true),
    of('close-tab', t.command.closeTab, ['Mod+W'], () => tab && app.saving.close(tab), tab !== null),
    of('next-tab', t.command.nextTab, ['Ctrl+Tab', 'Ctrl+PageDown'], () => app.tabs.step(1), some),
    of('previous-tab', t.command.previousTab, ['Ctrl+Shift+Tab', 'Ctrl+PageUp'], () => app.tabs.step(-1), some),
    of('terminal', t.command.terminal, ['Ctrl+`'], () => app.goToTerminal(), board !== null),
    of('editor', t.command.editor, ['Mod+1'], () => goToEditor(app), tab !== null),
    of('clear-terminal', t.command.clearTerminal, [], () => session?.clear(), session !== undefined),
    of('connect', t.command.connect, ['Mod+Shift+C'], () => (app.view = 'connect')),
    of('doctor', t.doctor.why, ['Mod+Shift+D'], () => app.doctorForChosen()),
    of('disconnect', t.command.disconnect, [], () => disconnect(app), board !== null && isOpen(board)),
    of('refresh', t.command.refresh, [], () => refresh(app)),
    of('larger', t.command.larger, ['Mod+=', 'Mod++', 'Mod+Shift++'], () => app.settings.zoom(1)),
    of('smaller', t.command.smaller, ['Mod+-'], () => app.settings.zoom(-1)),
    of('normal-size', t.command.normalSize, ['Mod+0'], () => app.settings.set({ textScale: 100 })),
    of('settings', t.command.settings, ['Mod+,'], () => app.dialogs.open('settings', {})),
    of('about', t.command.about, [], () => app.dialogs.open('about', {})),
    of('next-region', t.command.nextRegion, ['F6'], () => nextRegion(1), true, true),
    of('previous-region', t.command.previousRegion, ['Shift+F6'], () => nextRegion(-1), true, true),
  ];
}

export async function newFile(app: App): Promise<void> {
  app.view = 'editor';
  const tab = await app.tabs.create(app.i18n.t.tabs.untitled);
  // The editor is drawn first; then it can have the focus.
  requestAnimationFrame(() => tab.doc.focus());
}

function goToEditor(app: App): void {
  app.view = 'editor';
  requestAnimationFrame(() => app.tabs.active?.doc.focus());
}

function disconnect(app: App): void {
  const id = app.boards.chosenId;
  if (id !== null) void app.attempt(() => app.boards.disconnect(id));
}

function refresh(app: App): void {
  void app.files.folderTree?.refresh();
  if (app.boards.chosen?.state.kind === 'ready') void app.files.boardTree(app.boards.chosenId)?.refresh();
}
