import type { Board } from '../bindings/Board';
import type { App } from '../state/app.svelte';
import { canConnect, comesBack, isOpen } from '../state/boards.svelte';
import type { MenuEntry } from '../state/menus.svelte';
import { boardTitle } from '../state/words';

/** What can be done with a board, as it is now. */
export function boardMenu(app: App, board: Board): MenuEntry[] {
  const words = app.i18n.t.boards.action;
  const { kind } = board.state;
  const reachable = kind === 'ready' || kind === 'running' || kind === 'busy';
  if (!isOpen(board)) {
    return [
      {
        label: words.connect,
        icon: 'usb',
        disabled: !canConnect(board),
        testid: 'board-connect',
        run: () => void app.connect(board.target),
      },
      ...own(app, board),
      ...forget(app, board),
    ];
  }
  return [
    {
      label: words.stop,
      icon: 'stop',
      disabled: kind !== 'running',
      shortcut: 'Shift+F5',
      testid: 'board-stop',
      run: () => void app.runs.stop(board.id),
    },
    { label: words.softReset, icon: 'reset', disabled: !reachable, testid: 'board-soft-reset', run: () => void app.runs.reset('soft', board.id) },
    { label: words.hardReset, disabled: !reachable, testid: 'board-hard-reset', run: () => void app.runs.reset('hard', board.id) },
    'line',
    { label: words.info, icon: 'chip', disabled: !reachable, testid: 'board-info', run: () => void app.dialogs.open('info', { board: board.id }) },
    ...own(app, board),
    'line',
    ...(kind === 'lost' && !comesBack(board)
      ? [{ label: words.connect, icon: 'usb', testid: 'board-connect', run: () => void app.reconnect(board) }]
      : []),
    { label: kind === 'connecting' ? words.giveUp : words.disconnect, icon: 'close', testid: 'board-disconnect', run: () => void app.attempt(() => app.boards.disconnect(board.id)) },
  ];
}

/** What a person decides about a board, whatever it is doing. */
function own(app: App, board: Board): MenuEntry[] {
  const words = app.i18n.t.boards.action;
  const rename: MenuEntry = { label: words.rename, testid: 'board-rename', run: () => void renameBoard(app, board) };
  if (board.demo) return [];
  if (!board.network?.passwordKept) return [rename];
  return [rename, { label: words.forgetPassword, testid: 'board-forget-password', run: () => void forgetPassword(app, board) }];
}

async function renameBoard(app: App, board: Board): Promise<void> {
  const name = await app.dialogs.open('rename', { name: boardTitle(app.i18n, board) });
  if (name !== null) await app.attempt(() => app.boards.rename(board.id, name));
}

async function forgetPassword(app: App, board: Board): Promise<void> {
  const done = await app.attempt(() => app.boards.forgetPassword(board.id));
  if (done) app.notices.ok(app.i18n.t.network.password.forgotten(boardTitle(app.i18n, board)));
}

function forget(app: App, board: Board): MenuEntry[] {
  if (board.state.kind !== 'absent') return [];
  const label = app.i18n.t.boards.action.forget;
  return [{ label, icon: 'trash', testid: 'board-forget', run: () => void app.attempt(() => app.boards.forget(board.id)) }];
}

/** What can be done with an address that never was connected. */
export function strangerMenu(app: App, target: string): MenuEntry[] {
  const words = app.i18n.t.boards.action;
  return [
    { label: words.connect, icon: 'usb', disabled: app.boards.opening.has(target), testid: 'stranger-connect', run: () => void app.connect(target) },
    { label: words.editAddress, testid: 'stranger-edit', run: () => app.editAddress(target) },
    'line',
    { label: words.dismiss, icon: 'close', testid: 'stranger-dismiss', run: () => app.dismiss(target) },
  ];
}

/** One click: an open board is followed, one that is here is connected. */
export function pickBoard(app: App, board: Board): void {
  if (canConnect(board)) {
    void app.connect(board.target);
    return;
  }
  if (!isOpen(board)) return;
  app.boards.choose(board.id);
  app.view = 'editor';
}
