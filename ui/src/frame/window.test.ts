import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { tick } from 'svelte';
import { describe, expect, it } from 'vitest';

import { PICO, startApp, until } from '../../test/app';
import { fault } from '../host/fake';
import { FOLDER } from '../shared/place';
import type { App } from '../state/app.svelte';
import Window from './Window.svelte';

async function show(options?: Parameters<typeof startApp>[0]) {
  const started = await startApp(options);
  render(Window, { app: started.app });
  await tick();
  if (options?.board !== false) {
    // Connecting puts the cursor into the terminal, where keys are the board's.
    await waitFor(() => expect(document.activeElement?.closest('[data-testid="terminal"]')).toBeTruthy());
    (document.activeElement as HTMLElement).blur();
  }
  return started;
}

const id = (testid: string) => screen.getByTestId(testid);
const all = (testid: string) => screen.queryAllByTestId(testid);
const row = (side: string, path: string) => all('tree-row').find((node) => node.dataset.side === side && node.dataset.path === path) as HTMLElement;
const press = (key: string, init: KeyboardEventInit = {}) => fireEvent.keyDown(document.activeElement ?? document.body, { key, ...init });

describe('first start', () => {
  it('offers the demo board and what is plugged in, and nothing of later days', async () => {
    await show({ board: false, folder: false });
    expect(id('connect-page').textContent).toContain('Demo board');
    expect(all('device-row').map((node) => node.dataset.boardId)).toEqual(['demo', 'usb-e661', 'usb-cp21', 'usb-pico2']);
    expect(document.body.textContent).not.toMatch(/Sync|Plotter|Problems|proxy|route/i);
    expect(document.querySelector('[data-region="sidebar"]')).toBeNull();
  });

  it('connects with one click', async () => {
    const { app } = await show({ board: false, folder: false });
    await fireEvent.click(all('device-connect')[0] as HTMLElement);
    await waitFor(() => expect(id('status-state').dataset.state).toBe('ready'));
    await waitFor(() => id('panel'));
    expect(app.view).toBe('editor');
  });

  it('says what is wrong with an address, where it was typed', async () => {
    await show({ board: false, folder: false });
    await fireEvent.click(id('connect-button'));
    expect(id('connect-target').getAttribute('aria-invalid')).toBe('true');
    await fireEvent.input(id('connect-target'), { target: { value: 'nonsense' } });
    await fireEvent.click(id('connect-button'));
    await waitFor(() => expect(id('connect-error').dataset.code).toBe('address-invalid'));
  });
});

describe('board states', () => {
  it('are told by shape, word and to screen readers', async () => {
    const { host } = await show();
    const row = () => all('board-row').find((node) => node.dataset.boardId === PICO.id) as HTMLElement;
    expect(row().dataset.state).toBe('ready');
    host.unplug(PICO.id);
    await tick();
    expect(row().textContent).toContain('lost');
    expect(row().querySelector('use')?.getAttribute('href')).toBe('#state-lost');
    expect(id('live-state').textContent).toBe('Raspberry Pi Pico W: Lost');
    expect(id('board-lost').textContent).toContain('The board was unplugged.');
    expect(all('lost-again')).toEqual([]);
    expect(id('run').getAttribute('aria-disabled')).toBe('true');
    host.plug(PICO.id);
    await tick();
    expect(id('live-state').textContent).toBe('Raspberry Pi Pico W: Ready');
  });

  it('offer Stop in the place of the files while a program runs', async () => {
    const { app, host } = await show();
    await app.filing.open(FOLDER, '/blink.py');
    await fireEvent.click(id('run'));
    await waitFor(() => expect(id('files-stop')).toBeTruthy());
    expect(id('stop').className).toContain('stop');
    await fireEvent.click(id('files-stop'));
    await waitFor(() => expect(host.board(PICO.id).state.kind).toBe('ready'));
    await waitFor(() => expect(all('files-stop')).toEqual([]));
  });
});

describe('a tree', () => {
  it('is one tab stop, and arrows go through it', async () => {
    await show();
    const tree = all('tree').find((node) => node.dataset.side === 'board') as HTMLElement;
    expect(tree.querySelectorAll('[role="treeitem"][tabindex="0"]').length).toBe(1);
    row('board', '/lib').focus();
    await press('ArrowRight');
    await waitFor(() => expect(row('board', '/lib').getAttribute('aria-expanded')).toBe('true'));
    await press('ArrowDown');
    await press('ArrowDown');
    expect(document.activeElement).toBe(row('board', '/lib/bme280.py'));
    expect(row('board', '/lib/bme280.py').getAttribute('aria-level')).toBe('2');
    await press('ArrowLeft');
    expect(document.activeElement).toBe(row('board', '/lib'));
    await press('ArrowLeft');
    expect(row('board', '/lib').getAttribute('aria-expanded')).toBe('false');
    await press('m');
    expect(document.activeElement).toBe(row('board', '/main.py'));
    await press('End');
    await press('Home');
    expect(document.activeElement).toBe(row('board', '/lib'));
  });

  it('renames in place and gives the focus back', async () => {
    const { host } = await show();
    row('board', '/config.py').focus();
    await press('F2');
    const field = id('name-field') as HTMLInputElement;
    expect([field.value, field.selectionStart, field.selectionEnd]).toEqual(['config.py', 0, 6]);
    await fireEvent.input(field, { target: { value: 'main.py' } });
    await press('Enter');
    expect(id('name-field').getAttribute('aria-invalid')).toBe('true');
    await fireEvent.input(field, { target: { value: 'settings.py' } });
    await press('Enter');
    await waitFor(() => expect(row('board', '/settings.py')).toBeTruthy());
    expect(host.board(PICO.id).disk.has('/config.py')).toBe(false);
  });

  it('leaves everything as it was on Escape', async () => {
    const { host } = await show();
    row('folder', '/boot.py').focus();
    await press('F2');
    await fireEvent.input(id('name-field'), { target: { value: 'other.py' } });
    await press('Escape');
    await waitFor(() => expect(document.activeElement).toBe(row('folder', '/boot.py')));
    expect(host.calls.some(({ name }) => name === 'file_rename')).toBe(false);
  });

  it('asks before it deletes, with the way out in focus', async () => {
    const { host } = await show();
    row('folder', '/notes.md').focus();
    await press('Delete');
    await waitFor(() => id('dialog-delete'));
    expect(document.activeElement).toBe(id('answer-cancel'));
    await press('Escape');
    await waitFor(() => expect(all('dialog-delete')).toEqual([]));
    expect(document.activeElement).toBe(row('folder', '/notes.md'));
    expect(host.folder.has('/notes.md')).toBe(true);
  });
});

describe('menus', () => {
  it('go by arrows, and Escape gives the focus back', async () => {
    await show();
    id('more').focus();
    await fireEvent.click(id('more'));
    await waitFor(() => expect(document.activeElement).toBe(id('menu-new-file')));
    await press('ArrowDown');
    expect(document.activeElement).toBe(id('menu-open-folder'));
    await press('ArrowUp');
    await press('ArrowUp');
    expect(document.activeElement).toBe(id('menu-about'));
    await press('Escape');
    expect(all('menu')).toEqual([]);
    expect(document.activeElement).toBe(id('more'));
  });

  it('lose nothing that can be done: the menu of a board by keyboard', async () => {
    const { app } = await show();
    const board = all('board-row').find((node) => node.dataset.boardId === PICO.id) as HTMLElement;
    board.focus();
    await fireEvent.contextMenu(board, { clientX: 0, clientY: 0 });
    await fireEvent.click(id('board-disconnect'));
    await until(() => app.boards.chosen === null);
  });
});

describe('the keyboard', () => {
  it('goes round the regions with F6', async () => {
    await show();
    const seen: (string | undefined)[] = [];
    for (let n = 0; n < 6; n += 1) {
      await press('F6');
      seen.push(document.activeElement?.closest<HTMLElement>('[data-region]')?.dataset.region);
    }
    expect(seen).toEqual(['toolbar', 'sidebar', 'tabs', 'editor', 'panel', 'status']);
  });

  it('has one tab stop in the tool bar', async () => {
    await show();
    const stops = [...(document.querySelector('[data-region="toolbar"]')?.querySelectorAll('button') ?? [])].filter((node) => node.tabIndex === 0);
    expect(stops.length).toBe(1);
    stops[0]?.focus();
    await press('End');
    expect(document.activeElement).toBe(id('more'));
  });

  it('opens files by a part of their name', async () => {
    const { app } = await show();
    await press('p', { ctrlKey: true });
    await fireEvent.input(id('palette-field'), { target: { value: 'note' } });
    await press('Enter');
    await until(() => app.tabs.active?.path === '/notes.md');
  });

  it('runs commands from the list', async () => {
    const { app } = await show();
    await press('P', { ctrlKey: true, shiftKey: true });
    await fireEvent.input(id('palette-field'), { target: { value: 'larger' } });
    await press('Enter');
    await until(() => app.settings.current.textScale === 110);
  });

  it('resizes the side bar within its limits', async () => {
    const { app } = await show();
    id('splitter-side').focus();
    await press('ArrowRight');
    expect(app.settings.current.sideBar).toBe(272);
    await press('End');
    await press('ArrowRight');
    expect(app.settings.current.sideBar).toBe(400);
  });

  it('keeps the reload key from reloading, with a dialog open too', async () => {
    const { app } = await show();
    void app.dialogs.open('about', {});
    await tick();
    expect(await press('F5')).toBe(false);
    expect(await press('r', { ctrlKey: true })).toBe(false);
  });
});

describe('tabs', () => {
  const openTwo = async (app: App) => {
    await app.filing.open(FOLDER, '/main.py');
    await app.filing.open(PICO.place, '/boot.py');
    await tick();
  };

  it('say where a file lives and whether it is saved', async () => {
    const { app } = await show();
    await openTwo(app);
    app.tabs.active?.doc.setText('changed\n');
    await tick();
    const [first, second] = all('tab') as [HTMLElement, HTMLElement];
    expect(first.getAttribute('aria-label')).toBe('main.py, in the folder');
    expect(second.getAttribute('aria-label')).toBe('boot.py, on the board, unsaved');
    expect([first.dataset.unsaved, second.dataset.unsaved]).toEqual(['false', 'true']);
  });

  it('ask before unsaved work is lost', async () => {
    const { app } = await show();
    await openTwo(app);
    app.tabs.active?.doc.setText('changed\n');
    await press('w', { ctrlKey: true });
    await waitFor(() => id('dialog-unsaved'));
    expect(document.activeElement).toBe(id('answer-save'));
    await fireEvent.click(id('answer-discard'));
    await waitFor(() => expect(all('tab').length).toBe(1));
  });
});

describe('errors', () => {
  it('stand in the status bar with their help and their details folded', async () => {
    const { host } = await show();
    host.failNext('board_reset', fault('no-port', 'errno 2'));
    await fireEvent.click(id('reset'));
    await waitFor(() => expect(id('notice').dataset.code).toBe('no-port'));
    expect(id('live-notice').textContent).toBe('There is no port /dev/ttyUSB9.');
    await fireEvent.click(id('notice-details'));
    await waitFor(() => id('dialog-details'));
    expect(id('dialog-details').textContent).toContain('Plug the board in');
    expect(id('dialog-details').querySelector('details')?.open).toBe(false);
  });
});

describe('settings', () => {
  it('change language, colours and text size at once and are written', async () => {
    const { app, host } = await show();
    await press(',', { ctrlKey: true });
    await fireEvent.click(id('settings-language-zh-CN'));
    await fireEvent.click(id('theme-contrast'));
    await fireEvent.click(id('text-larger'));
    await tick();
    expect(id('run').textContent).toContain('运行');
    expect(document.documentElement.lang).toBe('zh-CN');
    expect(document.documentElement.dataset.theme).toBe('contrast');
    expect(document.documentElement.style.getPropertyValue('--ui-scale')).toBe('1.1');
    await app.settings.flush();
    expect(host.settings).toMatchObject({ language: 'zh-CN', theme: 'contrast', textScale: 110 });
    cleanup();
  });
});
