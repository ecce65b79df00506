import { fireEvent, render, screen } from '@testing-library/svelte';
import { afterEach, describe, expect, it, vi } from 'vitest';

import type { Host } from '../host';
import { TerminalSession } from './session.svelte';
import Terminal from './Terminal.svelte';
import { terminalWords } from './words';

/** Waits as long as a busy machine needs. */
const until = (check: () => void) => vi.waitFor(check, { timeout: 15_000 });
const running = { kind: 'running', name: 'main.py', sinceMs: 0 } as const;
let session: TerminalSession;

function show(state: 'ready' | 'running', words = terminalWords.en) {
  let print: (bytes: Uint8Array) => void = () => undefined;
  const calls: { name: string; data: unknown }[] = [];
  const host = {
    call: (name: string, request: { data: unknown }) => Promise.resolve(calls.push({ name, data: request.data })),
    terminal: (_board: string, listener: typeof print) => ((print = listener), Promise.resolve(() => undefined)),
  };
  session = new TerminalSession(host as unknown as Host, 'usb-1');
  const onlink = vi.fn();
  const view = render(Terminal, { session, state: state === 'running' ? running : { kind: 'ready' }, onlink, words });
  return { ...view, calls, print: (text: string) => print(new TextEncoder().encode(text)), onlink };
}

afterEach(() => session.dispose());

describe('Terminal', () => {
  it('says what will be there while nothing is', async () => {
    const { print } = show('ready');
    expect(screen.getByText('What the board prints appears here.')).toBeTruthy();
    print('>>> ');
    await until(() => expect(screen.queryByText('What the board prints appears here.')).toBeNull());
  });

  it('names its field for screen readers, in the language of the window', () => {
    show('ready', terminalWords['zh-CN']);
    expect(screen.getByRole('region', { name: '终端' })).toBeTruthy();
    expect(screen.getByRole('textbox', { name: '终端' })).toBeTruthy();
  });

  it('asks before lines go into a running program, with Cancel under the hand', async () => {
    const { calls } = show('running');
    session.paste('1\n2\n3');
    const cancel = await screen.findByRole('button', { name: 'Cancel' });
    expect(screen.getByRole('alertdialog', { name: /main\.py is running and will read 3 lines/ })).toBeTruthy();
    expect(document.activeElement).toBe(cancel);
    await fireEvent.click(screen.getByRole('button', { name: 'Paste' }));
    expect(screen.queryByRole('alertdialog')).toBeNull();
    expect(calls).toEqual([{ name: 'terminal_input', data: '1\r2\r3' }]);
  });

  it('takes Escape for no', async () => {
    const { calls } = show('running');
    session.paste('1\n2');
    await fireEvent.keyDown(await screen.findByRole('alertdialog'), { key: 'Escape' });
    expect(screen.queryByRole('alertdialog')).toBeNull();
    expect(calls).toEqual([]);
  });

  it('searches, says how much was found, and closes with Escape', async () => {
    const { print } = show('ready');
    print('one two\r\ntwo three\r\n');
    await until(() => expect(session.text()).toContain('three'));
    session.setSearching(true);
    const field = await screen.findByRole('textbox', { name: 'Find' });
    expect(document.activeElement).toBe(field);
    await fireEvent.input(field, { target: { value: 'two' } });
    await until(() => expect(screen.getByRole('status').textContent).toBe('2 of 2'));
    await fireEvent.input(field, { target: { value: 'four' } });
    await until(() => expect(screen.getByRole('status').textContent).toBe('Not found'));
    await fireEvent.keyDown(field, { key: 'Escape' });
    expect(session.searching).toBe(false);
  });
});
