import { fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { tick } from 'svelte';
import { describe, expect, it } from 'vitest';

import { startApp } from '../../test/app';
import Window from '../frame/Window.svelte';
import { fault } from '../host/fake';

const TARGET = 'ws://192.168.1.57:8266';
const id = (testid: string) => screen.getByTestId(testid);

async function connected() {
  const started = await startApp({ board: false, folder: false });
  render(Window, { app: started.app });
  await tick();
  void started.app.connect(TARGET);
  await waitFor(() => id('dialog-password'));
  const [asked] = started.app.boards.list.filter((board) => board.question !== null);
  if (!asked?.question) throw new Error('no question');
  await started.host.call('password_answer', { board: asked.id, question: asked.question.id, password: 'secret', remember: false });
  await waitFor(() => id('status-route'));
  return started;
}

describe('the route in the status bar', () => {
  it('says the way and the reason', async () => {
    await connected();
    expect(id('status-route').textContent).toContain('Direct: board is on this network');
    expect(id('status-route').title).toContain('192.168.1.0/24');
  });

  it('is chosen in its menu', async () => {
    const { host } = await connected();
    await fireEvent.click(id('status-route'));
    await fireEvent.click(await waitFor(() => id('route-direct')));
    await waitFor(() => expect(host.proxies.boards[TARGET]).toBe('direct'));
    await fireEvent.click(id('status-route'));
    expect((await waitFor(() => id('route-direct'))).getAttribute('aria-checked')).toBe('true');
  });

  it('takes the address of a proxy, and says what is wrong with one', async () => {
    const { host } = await connected();
    await fireEvent.click(id('status-route'));
    await fireEvent.click(await waitFor(() => id('route-proxy')));
    await fireEvent.input(await waitFor(() => id('proxy-field')), { target: { value: 'nonsense' } });
    await fireEvent.click(id('answer-proxy'));
    await waitFor(() => expect(id('proxy-error').dataset.code).toBe('address-invalid'));
    await fireEvent.input(id('proxy-field'), { target: { value: 'http://127.0.0.1:7890' } });
    await fireEvent.click(id('answer-proxy'));
    await waitFor(() => expect(host.proxies.boards[TARGET]).toBe('http://127.0.0.1:7890'));
    expect(screen.queryByTestId('dialog-proxy')).toBeNull();
  });

  it('tells of settings that changed in another window, and takes the new way on demand', async () => {
    const { host } = await connected();
    expect(id('status-route').dataset.changed).toBe('false');
    host.way = { route: 'proxy', proxy: 'http://127.0.0.1:7890', via: 'connect', source: 'gnome', reason: 'The desktop says so.', rule: '' };
    await fireEvent.focus(window);
    await waitFor(() => expect(id('status-route').dataset.changed).toBe('true'));
    expect(id('status-route').textContent).toContain('127.0.0.1:7890');
    await fireEvent.click(id('status-route'));
    const before = host.calls.length;
    await fireEvent.click(await waitFor(() => id('route-take')));
    await waitFor(() => expect(host.calls.slice(before).some((call) => call.name === 'proxy_choose')).toBe(true));
    await waitFor(() => expect(id('status-route').dataset.changed).toBe('false'));
  });

  it('is there for a board that did not connect, and a choice tries again', async () => {
    const { app, host } = await startApp({ board: false, folder: false });
    render(Window, { app });
    host.failNext('board_open', fault('proxy-forbids-connect'));
    await app.connect(TARGET);
    await waitFor(() => id('status-route'));
    const opens = () => host.calls.filter((call) => call.name === 'board_open').length;
    expect(opens()).toBe(1);
    void app.chooseRoute(TARGET, 'direct');
    await waitFor(() => expect(opens()).toBe(2));
  });
});
