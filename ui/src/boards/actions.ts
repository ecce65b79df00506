import type { Board } from '../bindings/Board';
import type { App } from '../state/app.svelte';
import { comesBack, isOpen } from '../state/boards.svelte';
import type { MenuEntry } from '../state/menus.svelte';

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
        disabled: kind === 'absent',
        testid: 'board-connect',
        run: () => void app.connect(board.target),
      },
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
    'line',
    ...(kind === 'lost' && !comesBack(board)
      ? [{ label: words.connect, icon: 'usb', testid: 'board-connect', run: () => void app.reconnect(board) }]
      : []),
    { label: words.disconnect, icon: 'close', testid: 'board-disconnect', run: () => void app.attempt(() => app.boards.disconnect(board.id)) },
  ];
}

function forget(app: App, board: Board): MenuEntry[] {
  if (board.state.kind !== 'absent') return [];
  const label = app.i18n.t.boards.action.forget;
  return [{ label, icon: 'trash', testid: 'board-forget', run: () => void app.attempt(() => app.boards.forget(board.id)) }];
}

/** One click: an open board is followed, one that is here is connected. */
export function pickBoard(app: App, board: Board): void {
  if (board.state.kind === 'absent') return;
  if (board.state.kind === 'present') {
    void app.connect(board.target);
    return;
  }
  app.boards.choose(board.id);
  app.view = 'editor';
}
