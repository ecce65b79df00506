import { describe, expect, it } from 'vitest';

import { answer, PICO, startApp, until } from '../../test/app';
import { fault } from '../host/fake';
import { FOLDER } from '../shared/place';
import type { App } from './app.svelte';
import type { Tab } from './tabs.svelte';

async function open(app: App, place: Parameters<App['filing']['open']>[0], path: string): Promise<Tab> {
  expect(await app.filing.open(place, path)).toBe(true);
  return app.tabs.active as Tab;
}

describe('opening', () => {
  it('shows a file once, however often it is asked for', async () => {
    const { app } = await startApp();
    await Promise.all([app.filing.open(FOLDER, '/main.py'), app.filing.open(FOLDER, '/main.py')]);
    await app.filing.open(PICO.place, '/main.py');
    expect(app.tabs.all.map((tab) => tab.place?.side)).toEqual(['folder', 'board']);
  });

  it('does not open what is no text', async () => {
    const { app } = await startApp();
    await app.filing.open(PICO.place, '/data.bin');
    expect(app.tabs.all).toEqual([]);
    expect(app.notices.current?.text).toContain('data.bin is not text');
  });

  it('follows a file that is renamed, and the folder it is in', async () => {
    const { app } = await startApp();
    const tab = await open(app, PICO.place, '/lib/bme280.py');
    await app.files.rename(PICO.place, '/lib', 'drivers');
    expect(tab.path).toBe('/drivers/bme280.py');
  });
});

describe('saving', () => {
  it('writes where the file lives and knows it is saved', async () => {
    const { app, host } = await startApp();
    const tab = await open(app, PICO.place, '/config.py');
    tab.doc.setText('A = 1\n');
    expect(tab.unsaved).toBe(true);
    expect(await app.saving.save(tab)).toBe(true);
    expect(tab.unsaved).toBe(false);
    expect(host.board(PICO.id).disk.read('/config.py').text).toBe('A = 1\n');
  });

  it('keeps what was typed meanwhile unsaved', async () => {
    const { app } = await startApp();
    const tab = await open(app, PICO.place, '/config.py');
    tab.doc.setText('A = 1\n');
    const saving = app.saving.save(tab);
    tab.doc.setText('A = 2\n');
    await saving;
    expect(tab.unsaved).toBe(true);
  });

  it('asks when the file was changed elsewhere, and writes over it only then', async () => {
    const { app, host } = await startApp();
    const tab = await open(app, FOLDER, '/config.py');
    tab.doc.setText('mine\n');
    host.folder.write('/config.py', 'theirs\n', null);
    const saving = app.saving.save(tab);
    await answer(app, 'dialog-conflict', 'cancel');
    expect(await saving).toBe(false);
    expect(host.folder.read('/config.py').text).toBe('theirs\n');
    const again = app.saving.save(tab);
    await answer(app, 'dialog-conflict', 'overwrite');
    expect(await again).toBe(true);
    expect(host.folder.read('/config.py').text).toBe('mine\n');
  });

  it('takes theirs when asked to', async () => {
    const { app, host } = await startApp();
    const tab = await open(app, FOLDER, '/config.py');
    tab.doc.setText('mine\n');
    host.folder.write('/config.py', 'theirs\n', null);
    const saving = app.saving.save(tab);
    await answer(app, 'dialog-conflict', 'reload');
    await saving;
    expect(tab.doc.text()).toBe('theirs\n');
    expect(tab.unsaved).toBe(false);
  });

  it('keeps the text when the board is full, and says so', async () => {
    const { app, host } = await startApp();
    const tab = await open(app, PICO.place, '/config.py');
    tab.doc.setText('A = 1\n');
    host.failNext('file_write', fault('disk-full'));
    const saving = app.saving.save(tab);
    await answer(app, 'dialog-save-failed', 'close');
    expect(await saving).toBe(false);
    expect(tab.unsaved).toBe(true);
    expect(tab.failure?.code).toBe('disk-full');
  });

  it('asks where a new text is to live, and before it replaces a file there', async () => {
    const { app, host } = await startApp();
    const tab = await app.tabs.create((n) => `untitled-${n}.py`);
    tab.doc.setText('print(1)\n');
    const saving = app.saving.save(tab);
    await until(() => app.dialogs.stack.at(-1)?.kind === 'saveAs');
    const dialog = app.dialogs.stack[0];
    if (dialog?.kind === 'saveAs') dialog.close({ place: FOLDER, path: '/boot.py' });
    await answer(app, 'dialog-replace', 'replace');
    expect(await saving).toBe(true);
    expect(host.folder.read('/boot.py').text).toBe('print(1)\n');
    expect([tab.name, tab.unsaved]).toEqual(['boot.py', false]);
  });

  it('keeps the text of a deleted file as unsaved and writes it anew', async () => {
    const { app, host } = await startApp();
    const tab = await open(app, FOLDER, '/notes.md');
    await app.files.remove(FOLDER, '/notes.md', 'op');
    expect(tab.unsaved).toBe(true);
    expect(await app.saving.save(tab)).toBe(true);
    expect(host.folder.has('/notes.md')).toBe(true);
    expect(tab.unsaved).toBe(false);
  });

  it('keeps the text of a board that went away', async () => {
    const { app, host } = await startApp();
    const tab = await open(app, PICO.place, '/config.py');
    tab.doc.setText('A = 1\n');
    host.set(PICO.id, { kind: 'present' });
    expect(app.tabs.all).toEqual([tab]);
    const saving = app.saving.save(tab);
    await answer(app, 'dialog-save-failed', 'close');
    expect(await saving).toBe(false);
    expect(tab.doc.text()).toBe('A = 1\n');
  });
});

describe('closing', () => {
  it('asks only where something would be lost', async () => {
    const { app } = await startApp();
    const tab = await open(app, FOLDER, '/config.py');
    expect(await app.saving.close(tab)).toBe(true);
    expect(app.tabs.all).toEqual([]);
  });

  it('keeps the tab when the answer is cancel, and when saving failed', async () => {
    const { app, host } = await startApp();
    const tab = await open(app, FOLDER, '/config.py');
    tab.doc.setText('mine\n');
    const first = app.saving.close(tab);
    await answer(app, 'dialog-unsaved', 'cancel');
    expect(await first).toBe(false);
    host.failNext('file_write', fault('disk-full'));
    const second = app.saving.close(tab);
    await answer(app, 'dialog-unsaved', 'save');
    await answer(app, 'dialog-save-failed', 'close');
    expect(await second).toBe(false);
    expect(app.tabs.all).toEqual([tab]);
  });

  it('shows the neighbour afterwards', async () => {
    const { app } = await startApp();
    const first = await open(app, FOLDER, '/main.py');
    const second = await open(app, FOLDER, '/boot.py');
    await app.saving.close(second);
    expect(app.tabs.active).toBe(first);
  });
});

describe('closing the window', () => {
  it('closes at once when everything is saved', async () => {
    const { app, host } = await startApp();
    host.emit({ kind: 'closeRequested' });
    await until(() => host.windowClosed);
    expect(app.dialogs.stack).toEqual([]);
  });

  it('asks about unsaved work, once, and stays when told so', async () => {
    const { app, host } = await startApp();
    const tab = await open(app, FOLDER, '/config.py');
    tab.doc.setText('mine\n');
    host.emit({ kind: 'closeRequested' });
    host.emit({ kind: 'closeRequested' });
    expect(app.dialogs.stack.length).toBe(1);
    await answer(app, 'dialog-close-window', 'cancel');
    expect(host.windowClosed).toBe(false);
  });

  it('saves all, then closes', async () => {
    const { app, host } = await startApp();
    const tab = await open(app, FOLDER, '/config.py');
    tab.doc.setText('mine\n');
    host.emit({ kind: 'closeRequested' });
    await answer(app, 'dialog-close-window', 'save');
    await until(() => host.windowClosed);
    expect(host.folder.read('/config.py').text).toBe('mine\n');
  });
});

describe('files that change on disk', () => {
  it('are read again where the tab has no changes, and left alone where it has', async () => {
    const { app, host } = await startApp();
    const clean = await open(app, FOLDER, '/boot.py');
    const edited = await open(app, FOLDER, '/config.py');
    edited.doc.setText('mine\n');
    host.folder.write('/boot.py', 'new\n', null);
    host.folder.write('/config.py', 'theirs\n', null);
    host.emit({ kind: 'filesChanged', place: FOLDER });
    await until(() => clean.doc.text() === 'new\n');
    expect(clean.unsaved).toBe(false);
    expect(edited.doc.text()).toBe('mine\n');
  });
});

describe('another folder', () => {
  it('closes what is saved there and keeps what is not, without a file', async () => {
    const { app, host } = await startApp();
    await open(app, FOLDER, '/boot.py');
    const edited = await open(app, FOLDER, '/config.py');
    const onBoard = await open(app, PICO.place, '/main.py');
    edited.doc.setText('mine\n');
    expect(await app.files.chooseFolder()).toBe(false);
    expect(app.tabs.all.length).toBe(3);
    host.nextFolder = { name: 'other', shown: '~/other' };
    expect(await app.files.chooseFolder()).toBe(true);
    expect(app.tabs.all).toEqual([edited, onBoard]);
    expect([edited.path, edited.unsaved, edited.doc.text()]).toEqual([null, true, 'mine\n']);
  });
});
