import { fireEvent, render, screen, waitFor, within } from '@testing-library/svelte';
import { tick } from 'svelte';
import { describe, expect, it } from 'vitest';

import { startApp } from '../../test/app';
import { fault } from '../host/fake';
import Window from '../frame/Window.svelte';

const TARGET = 'ws://192.168.1.57:8266';

async function show(slow = false) {
  const started = await startApp({ board: false, folder: false });
  started.host.slowDoctor = slow;
  render(Window, { app: started.app });
  await tick();
  return started;
}

const id = (testid: string) => screen.getByTestId(testid);
const found = () => waitFor(() => expect(id('doctor-page').dataset.cause).toBe('handshake-rewritten'));

describe('the doctor', () => {
  it('opens by itself when a board does not connect, and says the cause on top', async () => {
    const { app, host } = await show();
    host.failNext('board_open', fault('board-served-page'));
    await app.connect(TARGET);
    await found();
    expect(id('doctor-headline').textContent).toContain('127.0.0.1:7897 (mihomo)');
    expect(id('remedy-main').dataset.action).toBe('bypass-proxy');
    const marks = [...id('request-diff').querySelectorAll('mark')].map((mark) => mark.textContent);
    expect(marks).toContain('S');
    expect(marks).toContain('s');
    expect(id('doctor-tab').getAttribute('aria-selected')).toBe('true');
  });

  it('leaves an address that is none where it was typed', async () => {
    const { app, host } = await show();
    host.failNext('board_open', fault('address-invalid'));
    await app.connect('nonsense');
    expect(screen.queryByTestId('doctor-page')).toBeNull();
  });

  it('does what the button says and connects', async () => {
    const { app, host } = await show();
    await app.diagnose(TARGET);
    await found();
    const calls = host.calls.length;
    await fireEvent.click(id('remedy-main'));
    await waitFor(() => expect(host.remedies).toEqual(['bypass-proxy']));
    await waitFor(() => expect(host.calls.slice(calls).some((call) => call.name === 'board_open')).toBe(true));
    await waitFor(() => expect(app.boards.list.some((board) => board.question !== null)).toBe(true));
    const asked = app.boards.list.find((board) => board.question !== null)!;
    await host.call('password_answer', { board: asked.id, question: asked.question!.id, password: 'secret', remember: false });
    // And looks again, so that the page shows that it helped.
    await waitFor(() => expect(host.calls.slice(calls).some((call) => call.name === 'doctor_start')).toBe(true));
  });

  it('shows what it waits for, and can be stopped', async () => {
    const { app } = await show(true);
    await app.diagnose(TARGET);
    await tick();
    const checks = screen.getAllByTestId('doctor-check');
    expect(checks.every((check) => check.dataset.status === 'pending')).toBe(true);
    // The keyboard is where the page is, also when the button that was pressed has gone.
    await waitFor(() => expect(document.activeElement).toBe(id('doctor-page')));
    expect(id('doctor-progress').textContent).toContain('0 of 7');
    await fireEvent.click(id('doctor-cancel'));
    await waitFor(() => expect(id('doctor-page').dataset.state).toBe('cancelled'));
    await fireEvent.click(id('doctor-close'));
    expect(screen.queryByTestId('doctor-page')).toBeNull();
    expect(app.view).toBe('connect');
  });

  it('folds each check out by keyboard or pointer', async () => {
    const { app } = await show();
    await app.diagnose(TARGET);
    await found();
    const direct = screen.getAllByTestId('doctor-check').find((check) => check.dataset.check === 'direct') as HTMLElement;
    const row = within(direct).getByRole('button');
    expect(row.getAttribute('aria-expanded')).toBe('false');
    await fireEvent.click(row);
    expect(row.getAttribute('aria-expanded')).toBe('true');
    expect(within(direct).getByTestId('exchange').textContent).toContain('101 Switching Protocols');
  });

  it('keeps an address that never was connected in the side bar, until it is dismissed', async () => {
    const { app } = await show();
    await app.diagnose('ws://192.168.1.99:8266');
    await found();
    const row = id('stranger-row');
    expect(row.dataset.state).toBe('blocked');
    expect(row.textContent).toContain('Something on the way changed the request');
    await fireEvent.click(id('doctor-close'));
    await fireEvent.click(id('stranger-row'));
    expect(app.view).toBe('doctor');
    await fireEvent.click(id('stranger-actions'));
    await fireEvent.click(id('stranger-dismiss'));
    expect(screen.queryByTestId('stranger-row')).toBeNull();
    expect(screen.queryByTestId('doctor-page')).toBeNull();
  });

  it('opens the address field with the address that is right, and connects to that', async () => {
    const { app, host } = await show();
    await app.diagnose(TARGET);
    await found();
    const diagnosis = app.doctor.shown!;
    const right = { text: 'Connect to ws://192.168.1.90:8266/.', command: null, link: null, action: 'edit-address' };
    const finding = { ...diagnosis.checks[4]!.findings[0]!, code: 'wifi-not-connected', remedies: [right], with: { address: 'ws://192.168.1.90:8266/' } };
    const checks = diagnosis.checks.map((check, at) => (at === 4 ? { ...check, findings: [finding] } : check));
    app.hear({ kind: 'doctor', diagnosis: { ...diagnosis, cause: 'wifi-not-connected', checks } });
    await tick();
    await fireEvent.click(id('remedy-main'));
    await waitFor(() => expect((id('connect-target') as HTMLInputElement).value).toBe('ws://192.168.1.90:8266/'));
    await fireEvent.click(id('connect-button'));
    await waitFor(() => expect(host.calls.some((call) => call.name === 'board_open' && JSON.stringify(call).includes('192.168.1.90'))).toBe(true));
  });

  it('opens the board at USB that is to be asked, and looks again', async () => {
    const { app, host } = await show();
    await app.diagnose(TARGET);
    await found();
    const diagnosis = app.doctor.shown!;
    const ask = { text: 'If the board is plugged in at /dev/ttyACM0, ask it why.', command: 'boardwalk doctor --usb /dev/ttyACM0', link: null, action: 'ask-over-usb' };
    const finding = { ...diagnosis.checks[4]!.findings[0]!, remedies: [ask], with: { ask: '/dev/ttyACM0' } };
    const checks = diagnosis.checks.map((check, at) => (at === 4 ? { ...check, findings: [finding] } : check));
    app.hear({ kind: 'doctor', diagnosis: { ...diagnosis, checks } });
    await tick();
    const calls = host.calls.length;
    await fireEvent.click(id('remedy-main'));
    await waitFor(() => expect(host.calls.slice(calls).map((call) => call.name)).toEqual(expect.arrayContaining(['board_open', 'doctor_start'])));
    expect(app.boards.open.map((board) => board.target)).toEqual(['serial:/dev/ttyACM0']);
    await found();
  });

  it('shows a command that changes the computer in full, and runs or copies it', async () => {
    const { app, host } = await show();
    await app.diagnose(TARGET);
    await found();
    const diagnosis = app.doctor.shown!;
    const join = { text: 'Join the group dialout, then log out and log in again.', command: 'sudo usermod -a -G dialout ada', link: null, action: 'join-group' };
    const finding = { ...diagnosis.checks[4]!.findings[0]!, remedies: [join] };
    const checks = diagnosis.checks.map((check, at) => (at === 4 ? { ...check, findings: [finding] } : check));
    app.hear({ kind: 'doctor', diagnosis: { ...diagnosis, checks } });
    await tick();
    await fireEvent.click(id('remedy-main'));
    expect((await waitFor(() => id('question-command'))).textContent).toBe(join.command);
    expect(host.remedies).toEqual([]);
    await fireEvent.click(id('answer-yes'));
    await waitFor(() => expect(host.remedies).toEqual(['join-group']));
  });

  it('speaks 简体中文', async () => {
    const { app } = await show();
    app.i18n.language = 'zh-CN';
    await app.diagnose(TARGET);
    await found();
    expect(id('doctor-headline').textContent).toContain('在途中改动了');
    expect(id('remedy-main').textContent).toBe('直接连接');
  });
});
