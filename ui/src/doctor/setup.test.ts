import { fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { tick } from 'svelte';
import { describe, expect, it } from 'vitest';

import { startApp } from '../../test/app';
import Window from '../frame/Window.svelte';
import { fault } from '../host/fake';

const id = (testid: string) => screen.getByTestId(testid);
const type = (testid: string, value: string) => fireEvent.input(id(testid), { target: { value } });

async function shown() {
  const started = await startApp({ board: false, folder: false });
  render(Window, { app: started.app });
  const answer = started.app.dialogs.open('setUp', { run: 7 });
  await waitFor(() => expect((id('setup-wifi') as HTMLSelectElement).value).toBe('Home'));
  const calls = () => started.host.calls.filter((call) => call.name === 'webrepl_setup').map((call) => call.request);
  return { ...started, answer, calls };
}

describe('WebREPL set up over USB', () => {
  it('takes a Wi-Fi and two passwords, and leads to the board', async () => {
    const { answer, calls } = await shown();
    await type('setup-wifi-password', 'long enough');
    await type('setup-password', 'secret');
    await fireEvent.click(id('answer-setup'));
    await waitFor(() => expect(id('setup-done').textContent).toContain('192.168.1.57'));
    expect(calls()).toEqual([{ run: 7, wifi: 'Home', wifiPassword: 'long enough', password: 'secret' }]);
    await fireEvent.click(id('answer-setup'));
    expect(await answer).toBe('ws://192.168.1.57:8266/');
  });

  it('takes a Wi-Fi that hides its name', async () => {
    const { calls } = await shown();
    const select = id('setup-wifi') as HTMLSelectElement;
    await fireEvent.change(select, { target: { value: select.options[select.options.length - 1]!.value } });
    await type('setup-wifi-name', 'it’s hidden');
    await type('setup-password', 'secret');
    await fireEvent.click(id('answer-setup'));
    await waitFor(() => id('setup-done'));
    expect(calls()[0]).toMatchObject({ wifi: 'it’s hidden' });
  });

  it('knows what a board’s password may be', async () => {
    const { calls } = await shown();
    await type('setup-password', 'abc');
    await fireEvent.click(id('answer-setup'));
    expect(id('setup-password').getAttribute('aria-invalid')).toBe('true');
    expect(calls()).toEqual([]);
  });

  it('says why it did not work, and stays', async () => {
    const { host, answer } = await shown();
    host.failNext('webrepl_setup', fault('wifi-not-connected'));
    await type('setup-password', 'secret');
    await fireEvent.click(id('answer-setup'));
    await waitFor(() => id('setup-error'));
    await tick();
    await fireEvent.click(id('answer-cancel'));
    expect(await answer).toBeNull();
  });
});
