import { describe, expect, it } from 'vitest';

import { answer, PICO, startApp, until } from '../../test/app';
import { fault } from '../host/fake';
import { boardPlace, boardWords, stateWords } from './words';

const URL = 'ws://192.168.4.1:8266';

/** Connects and waits for the question. */
async function asked() {
  const started = await startApp({ board: false });
  const { app } = started;
  const target = await app.boards.complete('192.168.4.1');
  expect(target).toBe(URL);
  const connected = app.connect(URL);
  await until(() => app.asking.current !== null);
  return { ...started, connected };
}

describe('a password', () => {
  it('is asked for until it is right, in the same place', async () => {
    const { app, host, connected } = await asked();
    expect(app.asking.current?.question).toMatchObject({ kind: 'password', reason: 'needed', kept: false });
    await app.asking.password('wrong', false);
    await until(() => app.asking.current?.sent === false);
    expect(app.asking.current?.question).toMatchObject({ reason: 'rejected' });
    await app.asking.password('secret', true);
    expect(await connected).toBe(true);
    expect(app.asking.current).toBeNull();
    expect(app.boards.chosen).toMatchObject({ id: URL, network: { passwordKept: true } });
    expect(host.calls.filter(({ name }) => name === 'password_answer')).toHaveLength(2);
  });

  it('stays on the screen while the board checks it', async () => {
    const { app, host } = await asked();
    const sent = app.asking.password('secret', false);
    expect(app.asking.current?.sent).toBe(true);
    host.set(URL, { kind: 'connecting', waitingFor: 'login' });
    expect(app.asking.current?.sent).toBe(true);
    await sent;
  });

  it('is not asked for when the person gives up, and that is no failure', async () => {
    const { app, connected } = await asked();
    await app.asking.decline();
    expect(await connected).toBe(false);
    expect([app.asking.current, app.boards.failures.size]).toEqual([null, 0]);
    expect(app.boards.find(URL)?.state.kind).toBe('absent');
  });

  it('is withdrawn when the board goes away meanwhile', async () => {
    const { app, host } = await asked();
    host.board(URL).board = { ...host.board(URL).board, question: null };
    host.set(URL, { kind: 'absent' });
    expect(app.asking.current).toBeNull();
  });
});

describe('a certificate', () => {
  const question = { kind: 'certificate', id: 0, host: 'lab', fingerprint: 'AB:CD', trusted: null, distrust: 'unknown-issuer' } as const;

  it('is trusted or not, and then the board is given up', async () => {
    const { app, host } = await asked();
    const answers: unknown[] = [];
    void host.ask(URL, question).then((answer) => answers.push(answer));
    await until(() => app.asking.current?.question.kind === 'certificate');
    await app.asking.trust();
    expect(answers).toEqual(['trust']);
    void host.ask(URL, { ...question, trusted: '00' }).then((answer) => answers.push(answer));
    await until(() => app.asking.current?.sent === false);
    await app.asking.decline();
    expect(answers).toEqual(['trust', null]);
  });

  it('that changed under a board that reconnects is answered by opening it anew', async () => {
    const { app, host, connected } = await asked();
    await app.asking.password('secret', false);
    await connected;
    host.set(URL, { kind: 'reconnecting', attempt: 1, because: fault('tls-mismatch') });
    void host.ask(URL, { ...question, trusted: '00' });
    await until(() => app.asking.current !== null);
    const before = host.calls.filter(({ name }) => name === 'board_open').length;
    void app.asking.trust();
    await until(() => host.calls.filter(({ name }) => name === 'board_open').length > before);
  });
});

describe('a board on the network', () => {
  it('is listed with its address, and says no more than is known', async () => {
    const { app, host } = await asked();
    await app.asking.decline();
    const board = host.board(URL).board;
    expect(boardPlace(app.i18n, { ...board, lastSeenMs: Date.now() - 26 * 3_600_000 }, Date.now())).toMatch(/^WebREPL · seen /);
    expect(boardPlace(app.i18n, { ...board, title: 'Greenhouse', lastSeenMs: null }, 0)).toBe('192.168.4.1 · not seen yet');
    expect(boardWords(app.i18n, board, 0)).toBe('Not connected');
    expect(stateWords(app.i18n, { kind: 'connecting', waitingFor: 'tcp' }, 0)).toBe('Connecting: waits for the TCP connection');
  });

  it('says where it was typed that an address is none', async () => {
    const { app } = await startApp({ board: false });
    expect(await app.boards.complete('nonsense')).toBeNull();
    expect(app.boards.failures.get('nonsense')?.code).toBe('address-invalid');
  });
});

describe('a reset after which nobody could reach the board', () => {
  const resets = (host: { calls: { name: string; request: unknown }[] }) => host.calls.filter(({ name }) => name === 'board_reset').map(({ request }) => request);

  it('is asked about first', async () => {
    const { app, host } = await startApp();
    host.failNext('board_reset', fault('would-lose-webrepl'));
    const kept = app.runs.reset('soft', PICO.id);
    await answer(app, 'dialog-reset', 'cancel');
    expect(await kept).toBe(false);
    expect(resets(host)).toHaveLength(1);

    host.failNext('board_reset', fault('would-lose-webrepl'));
    const reset = app.runs.reset('hard', PICO.id);
    await answer(app, 'dialog-reset', 'reset');
    expect(await reset).toBe(true);
    expect(resets(host).at(-1)).toEqual({ board: PICO.id, how: 'hard', evenIfLost: true });
  });
});
