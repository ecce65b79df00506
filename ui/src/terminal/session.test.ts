import { afterEach, describe, expect, it, vi } from 'vitest';

import type { Host } from '../host';
import { TerminalSession } from './session.svelte';

/** A board one can print on. */
class FakeBoard {
  calls: { name: string; request: Record<string, unknown> }[] = [];
  closed = false;
  #listener: (bytes: Uint8Array) => void = () => undefined;

  call(name: string, request: unknown) {
    this.calls.push({ name, request: request as Record<string, unknown> });
    return Promise.resolve(null);
  }

  terminal(_board: string, listener: (bytes: Uint8Array) => void) {
    this.#listener = listener;
    return Promise.resolve(() => void (this.closed = true));
  }

  print(data: string | Uint8Array) {
    this.#listener(typeof data === 'string' ? new TextEncoder().encode(data) : data);
  }

  sum(name: string) {
    return this.calls.filter((call) => call.name === name).reduce((sum, { request }) => sum + Number(request.bytes), 0);
  }
}

let session: TerminalSession;

function begin() {
  const board = new FakeBoard();
  session = new TerminalSession(board as unknown as Host, 'usb-1');
  return board;
}

/** Waits as long as a busy machine needs. */
const until = (check: () => void) => vi.waitFor(check, { timeout: 15_000 });
const shows = (text: string) => until(() => expect(session.text()).toBe(text));

afterEach(() => session.dispose());

describe('TerminalSession', () => {
  it('receives while it is hidden', async () => {
    const board = begin();
    expect(session.empty).toBe(true);
    board.print('hello\r\n>>> ');
    await shows('hello\n>>> ');
    expect(session.empty).toBe(false);
  });

  it('puts UTF-8 together that was cut anywhere, and shows what is none', async () => {
    const board = begin();
    for (const byte of new TextEncoder().encode('温度🙂é')) board.print(Uint8Array.of(byte));
    board.print(Uint8Array.of(0xff, 0x41));
    await shows('温度🙂é\ufffdA');
  });

  it('draws a hairline in order with the output, and leaves it out of the text', async () => {
    const board = begin();
    board.print('>>> ');
    session.mark('Run main.py, 14:32:08');
    board.print('one\r\n');
    session.mark('Run main.py, 14:32:09');
    board.print('two\r\n');
    await shows('one\ntwo\n');
  });

  it('keeps an unfinished line before a hairline', async () => {
    const board = begin();
    board.print('half');
    session.mark('Run main.py, 14:32:08');
    board.print('next\r\n');
    await shows('half\nnext\n');
  });

  it('clears all but the line with the prompt', async () => {
    const board = begin();
    board.print('old\r\n>>> ');
    await shows('old\n>>> ');
    session.clear();
    await shows('>>> ');
  });

  it('credits every byte, in few calls', async () => {
    const board = begin();
    const line = 'temp:21.88 target:22.0 duty:0.10\r\n'.repeat(100);
    for (let i = 0; i < 100; i += 1) board.print(line);
    await until(() => expect(board.sum('terminal_credit')).toBe(line.length * 100));
    expect(board.calls.length).toBeLessThan(100);
  });

  it('keeps ten thousand lines and no more', async () => {
    const board = begin();
    board.print('x\r\n'.repeat(20_000) + 'end');
    await until(() => expect(session.text().endsWith('end')).toBe(true));
    const lines = session.text().split('\n').length;
    expect(lines).toBeGreaterThanOrEqual(10_000);
    expect(lines).toBeLessThan(10_100);
  });

  it('sends a paste as the state asks for', async () => {
    const board = begin();
    session.paste('a\nb');
    session.state = { kind: 'running', name: 'main.py', sinceMs: 0 };
    session.paste('c\nd');
    expect(session.question).toMatchObject({ kind: 'ask', lines: 2 });
    session.answer(false);
    session.paste('e\nf');
    session.answer(true);
    await until(() => expect(board.calls).toHaveLength(2));
    expect(board.calls.map(({ request }) => [request.data, request.paste])).toEqual([
      ['a\rb', true],
      ['e\rf', false],
    ]);
  });

  it('hears no more once it is gone', async () => {
    const board = begin();
    board.print('hello');
    await shows('hello');
    session.dispose();
    expect(board.closed).toBe(true);
    expect(() => board.print('late')).not.toThrow();
  });
});
