import { describe, expect, it } from 'vitest';

import { answer, PICO, startApp, until } from '../../test/app';
import { fault } from '../host/fake';
import { FOLDER } from '../shared/place';
import type { Tree } from './tree.svelte';

const shown = (tree: Tree | null) => tree?.rows.map((row) => (row.kind === 'entry' ? row.entry.path : row.kind)) ?? [];

describe('a tree', () => {
  it('lists folders when they open, folders first', async () => {
    const { app, host } = await startApp();
    const tree = app.files.boardTree(PICO.id) as Tree;
    expect(shown(tree)[0]).toBe('/lib');
    expect(host.calls.some(({ request }) => (request as { path?: string }).path === '/lib')).toBe(false);
    await tree.toggle('/lib');
    expect(shown(tree).slice(0, 3)).toEqual(['/lib', '/lib/umqtt', '/lib/bme280.py']);
    await tree.toggle('/lib');
    expect(shown(tree)[1]).toBe('/boot.py');
  });

  it('shows a failure in the place of what could not be listed, and goes on', async () => {
    const { app, host } = await startApp();
    const tree = app.files.boardTree(PICO.id) as Tree;
    host.failNext('files_list', fault('not-a-folder'));
    await tree.toggle('/lib');
    expect(tree.rows[1]).toMatchObject({ kind: 'error', path: '/lib', level: 2 });
    await tree.list('/lib');
    expect(shown(tree)[1]).toBe('/lib/umqtt');
  });

  it('forgets what is gone, however deep it was folded out', async () => {
    const { app, host } = await startApp();
    const tree = app.files.boardTree(PICO.id) as Tree;
    await tree.toggle('/lib');
    await tree.toggle('/lib/umqtt');
    tree.selected = '/lib/umqtt/simple.py';
    host.board(PICO.id).disk.remove('/lib');
    await tree.refresh();
    expect(shown(tree)).not.toContain('/lib');
    expect([tree.expanded.size, tree.selected]).toEqual([0, null]);
  });

  it('is listed again when the backend says that files changed', async () => {
    const { app, host } = await startApp();
    host.folder.write('/new.py', '', null);
    for (let n = 0; n < 5; n += 1) host.emit({ kind: 'filesChanged', place: FOLDER });
    await until(() => shown(app.files.folderTree).includes('/new.py'));
  });
});

describe('deleting', () => {
  it('says what and how much, and waits for a yes', async () => {
    const { app, host } = await startApp();
    const tree = app.files.boardTree(PICO.id) as Tree;
    const lib = tree.entry('/lib');
    if (!lib) throw new Error('no /lib');
    const refused = app.filing.remove(tree, lib);
    await until(() => app.dialogs.stack.length === 1);
    const question = app.dialogs.stack[0]?.props as { title: string; text: string[] };
    expect(question.title).toBe('Delete lib from the board?');
    expect(question.text[0]).toBe('/lib and the 2 files in it, 3.9 kB, are deleted.');
    await answer(app, 'dialog-delete', 'cancel');
    await refused;
    expect(host.board(PICO.id).disk.has('/lib')).toBe(true);
    const done = app.filing.remove(tree, lib);
    await answer(app, 'dialog-delete', 'delete');
    await done;
    expect(host.board(PICO.id).disk.has('/lib')).toBe(false);
  });
});

describe('copying to the other side', () => {
  it('asks before it replaces anything', async () => {
    const { app, host } = await startApp();
    host.folder.write('/config.py', 'mine\n', null);
    const refused = app.filing.copy(FOLDER, '/config.py', PICO.place);
    await answer(app, 'dialog-replace', 'cancel');
    await refused;
    expect(host.board(PICO.id).disk.read('/config.py').text).toBe('WIFI = "greenhouse"\n');
    const done = app.filing.copy(FOLDER, '/config.py', PICO.place);
    await answer(app, 'dialog-replace', 'replace');
    await done;
    expect(host.board(PICO.id).disk.read('/config.py').text).toBe('mine\n');
    expect(app.notices.current?.text).toBe('Copied config.py to the board.');
  });

  it('shows how far it is and can be cancelled', async () => {
    const { app, host } = await startApp();
    const copying = app.filing.copy(FOLDER, '/notes.md', PICO.place);
    await until(() => app.operations.current?.progress !== null && app.operations.current !== null);
    const operation = app.operations.current;
    if (!operation) throw new Error('nothing is going on');
    expect(operation.progress).toMatchObject({ phase: 'transferring', name: 'notes.md' });
    await app.operations.cancel(operation.id);
    await copying;
    expect(app.operations.current).toBeNull();
    expect(host.board(PICO.id).disk.has('/notes.md')).toBe(false);
    expect(app.notices.current).toMatchObject({ level: 'warn', error: { code: 'cancelled' } });
  });
});

describe('creating and renaming', () => {
  it('does not touch what is there', async () => {
    const { app, host } = await startApp();
    const tree = app.files.folderTree as Tree;
    tree.creating = { parent: '/', folder: false };
    expect(await app.filing.create(tree, '/', false, 'boot.py')).toBe(false);
    expect(app.notices.current?.error?.code).toBe('file-exists');
    expect(tree.creating).not.toBeNull();
    expect(host.folder.read('/boot.py').text).not.toBe('');
  });

  it('opens what was created', async () => {
    const { app } = await startApp();
    const tree = app.files.boardTree(PICO.id) as Tree;
    expect(await app.filing.create(tree, '/lib', false, '名 前 😀.py')).toBe(true);
    expect(app.tabs.active?.path).toBe('/lib/名 前 😀.py');
  });
});
