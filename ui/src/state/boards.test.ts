import { describe, expect, it } from 'vitest';

import { PICO, startApp, until } from '../../test/app';
import { fault } from '../host/fake';
import { FOLDER } from '../shared/place';
import { stateWords } from './words';

describe('connecting', () => {
  it('follows the board and lists its files', async () => {
    const { app } = await startApp();
    expect(app.boards.chosen?.id).toBe(PICO.id);
    expect(app.view).toBe('editor');
    expect(app.files.boardTree(PICO.id)?.entry('/main.py')?.size).toBeGreaterThan(0);
  });

  it('says why it failed, until the next try', async () => {
    const { app } = await startApp({ board: false });
    expect(await app.connect('serial:/dev/ttyUSB0')).toBe(false);
    expect(app.boards.failures.get('serial:/dev/ttyUSB0')?.code).toBe('port-busy');
    expect(app.view).toBe('doctor');
    await app.connect(PICO.target);
    expect(app.boards.chosen?.id).toBe(PICO.id);
  });

  it('goes back to the connect page when the last board is closed and nothing is open', async () => {
    const { app } = await startApp();
    await app.boards.disconnect(PICO.id);
    expect(app.boards.chosen).toBeNull();
    expect(app.view).toBe('connect');
    expect(app.files.boardTree(PICO.id)).toBeNull();
  });
});

describe('an unplugged board', () => {
  it('loses its files from view and gets them back', async () => {
    const { app, host } = await startApp();
    host.unplug(PICO.id);
    expect(app.files.boardTree(PICO.id)?.listed).toBe(false);
    expect(app.boards.chosen?.state.kind).toBe('lost');
    host.plug(PICO.id);
    await until(() => app.files.boardTree(PICO.id)?.listed === true);
  });

  it('is described in words', async () => {
    const { app } = await startApp();
    const words = (state: Parameters<typeof stateWords>[1]) => stateWords(app.i18n, state, 134_000);
    expect(words({ kind: 'connecting', waitingFor: 'prompt' })).toBe('Connecting: waits for the prompt');
    expect(words({ kind: 'running', name: 'main.py', sinceMs: 0 })).toBe('Running main.py, 2 min 14 s');
    expect(words({ kind: 'busy', work: 'writing', name: 'main.py' })).toBe('Busy: writing main.py');
    expect(words({ kind: 'reconnecting', attempt: 2, because: fault('lost') })).toBe('Reconnecting: 2nd try');
    expect(words({ kind: 'lost', because: fault('lost') })).toBe('Lost: The board was unplugged.');
  });
});

describe('running', () => {
  it('sends the buffer as it is and says how it ended', async () => {
    const { app, host } = await startApp();
    await app.filing.open(FOLDER, '/main.py');
    app.tabs.active?.doc.setText('print("hello")\nraise ValueError("no")\n');
    await app.runs.run();
    expect(host.calls.find(({ name }) => name === 'run_code')?.request).toMatchObject({
      name: 'main.py',
      code: 'print("hello")\nraise ValueError("no")\n',
    });
    expect(app.notices.current?.text).toBe('main.py ended with ValueError in line 2.');
    expect(app.notices.current?.action?.label).toBe('Go to line 2');
    expect(app.tabs.active?.unsaved).toBe(true);
  });

  it('is off without a board, without a file and while a program runs', async () => {
    const { app } = await startApp();
    expect(app.runs.off).toBe('noFile');
    await app.filing.open(FOLDER, '/blink.py');
    expect(app.runs.off).toBeNull();
    const run = app.runs.run();
    await until(() => app.boards.chosen?.state.kind === 'running');
    expect([app.runs.off, app.runs.canStop]).toEqual(['notReady', true]);
    await app.runs.stop();
    await run;
    expect(app.notices.current?.text).toBe('blink.py was stopped.');
    expect(app.runs.off).toBeNull();
  });

  it('offers the reset when a program does not let itself be stopped', async () => {
    const { app, host } = await startApp();
    host.failNext('board_stop', fault('interrupt-swallowed'));
    await app.runs.stop();
    expect(app.notices.current?.action?.label).toBe('Hard reset (restart the board)');
  });

  it('does not list files after each line that is typed, but does after a program', async () => {
    const { app, host } = await startApp();
    const listings = () => host.calls.filter(({ name }) => name === 'files_list').length;
    const before = listings();
    host.set(PICO.id, { kind: 'running', name: null, sinceMs: Date.now() });
    host.set(PICO.id, { kind: 'ready' });
    expect(listings()).toBe(before);
    await app.filing.open(FOLDER, '/boot.py');
    await app.runs.run();
    await until(() => listings() > before);
  });
});
