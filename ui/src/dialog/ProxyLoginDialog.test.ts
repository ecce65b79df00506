import { fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { tick } from 'svelte';
import { describe, expect, it } from 'vitest';

import { startApp, until } from '../../test/app';
import type { Question } from '../bindings/Question';
import Window from '../frame/Window.svelte';
import { fault } from '../host/fake';

const URL = 'ws://192.168.4.1:8266';
type Login = Extract<Question, { kind: 'proxy' }>;
const ASKS: Login = { kind: 'proxy', id: 0, proxy: 'http://10.0.0.1:3128', realm: 'Lab "7"', reason: 'needed', user: null, kept: false, noKeyStore: null };

const id = (testid: string) => screen.getByTestId(testid);
const field = (testid: string) => screen.getByTestId<HTMLInputElement>(testid);
const gone = () => waitFor(() => expect(screen.queryByTestId('dialog-proxy-login')).toBeNull());

/** A board on the way to which a proxy asks. */
async function asked(question: Partial<Login> = {}) {
  const started = await startApp({ board: false, folder: false });
  const { app, host } = started;
  render(Window, { app });
  void app.connect(URL);
  await until(() => app.asking.current !== null);
  const answered = host.ask(URL, { ...ASKS, ...question });
  host.set(URL, { kind: 'connecting', waitingFor: 'proxy-password' });
  await waitFor(() => id('dialog-proxy-login'));
  const calls = (name: string) => host.calls.filter((call) => call.name === name).map((call) => call.request);
  return { ...started, answered, calls };
}

const type = (testid: string, value: string) => fireEvent.input(id(testid), { target: { value } });

describe('a proxy that asks who we are', () => {
  it('is named, and told what was typed', async () => {
    const { answered, calls } = await asked();
    expect(id('proxy-login-address').textContent).toBe('http://10.0.0.1:3128');
    expect(id('proxy-login-realm').textContent).toBe('Lab "7"');
    expect(id('proxy-login-reason').textContent).toContain(URL);
    expect(document.activeElement).toBe(id('proxy-login-user'));
    await type('proxy-login-user', 'ada');
    await type('proxy-login-password', 'a:b');
    await fireEvent.click(id('proxy-login-remember'));
    await fireEvent.click(id('answer-connect'));
    expect(await answered).toEqual({ user: 'ada', password: 'a:b', remember: true });
    expect(calls('proxy_answer')).toMatchObject([{ board: URL, user: 'ada', password: 'a:b', remember: true }]);
  });

  it('stays until the proxy has judged, and no longer', async () => {
    const { app, host } = await asked({ user: 'ada' });
    expect(document.activeElement).toBe(id('proxy-login-password'));
    await type('proxy-login-password', 'wrong');
    await fireEvent.submit(id('answer-connect').closest('form') as HTMLFormElement);
    host.set(URL, { kind: 'connecting', waitingFor: 'tunnel' });
    await waitFor(() => expect(id('answer-connect').getAttribute('aria-disabled')).toBe('true'));
    void host.ask(URL, { ...ASKS, reason: 'rejected', user: 'ada' });
    await waitFor(() => expect(id('proxy-login-reason').dataset.reason).toBe('rejected'));
    expect(id('proxy-login-reason').getAttribute('role')).toBe('alert');
    expect([field('proxy-login-user').value, field('proxy-login-password').value]).toEqual(['ada', '']);
    await app.asking.proxy('ada', 'right', false);
    host.set(URL, { kind: 'connecting', waitingFor: 'handshake' });
    await gone();
  });

  it('needs a name, which SOCKS wants short', async () => {
    const { calls } = await asked({ proxy: 'socks5://10.0.0.1:1080', realm: '' });
    expect(screen.queryByTestId('proxy-login-realm')).toBeNull();
    await fireEvent.click(id('answer-connect'));
    expect(id('proxy-login-rule').getAttribute('role')).toBe('alert');
    await type('proxy-login-user', '代'.repeat(86));
    expect(id('proxy-login-rule').textContent).toContain('255');
    expect(calls('proxy_answer')).toEqual([]);
  });

  it('whose answer cannot be told is asked about still', async () => {
    const { app, host } = await asked({ user: 'ada' });
    host.failNext('proxy_answer', fault('proxy-auth-rejected'));
    await app.asking.proxy('ada', 'line\nend', false);
    await tick();
    expect(app.asking.current).toMatchObject({ sent: false, question: { kind: 'proxy' } });
  });

  it('shows the password when it is told to, and says why nothing can be kept', async () => {
    await asked({ noKeyStore: fault('key-store-unavailable') });
    expect(field('proxy-login-password').type).toBe('password');
    await fireEvent.click(id('proxy-login-show'));
    expect(field('proxy-login-password').type).toBe('text');
    expect(id('proxy-login-show').getAttribute('aria-pressed')).toBe('true');
    expect(field('proxy-login-remember').disabled).toBe(true);
    expect(field('proxy-login-remember').getAttribute('aria-describedby')).toBe(id('proxy-login-no-store').id);
  });

  it('is left: the board that was being opened is given up', async () => {
    const { answered, calls } = await asked();
    await fireEvent.keyDown(id('proxy-login-user'), { key: 'Escape' });
    expect(await answered).toBeNull();
    expect([calls('board_close').length, calls('proxy_decline').length]).toEqual([1, 0]);
    await gone();
  });

  it('is left: the board that was here stays', async () => {
    const { host, answered, calls } = await asked();
    host.set(URL, { kind: 'reconnecting', attempt: 1, because: fault('link-silent') });
    await tick();
    await fireEvent.click(id('answer-cancel'));
    expect(await answered).toBeNull();
    expect([calls('board_close').length, calls('proxy_decline').length]).toEqual([0, 1]);
    await gone();
  });
});
