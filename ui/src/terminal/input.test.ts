import { afterEach, describe, expect, it, vi } from 'vitest';

import { InputQueue } from './input';

/** A backend that takes one call at a time and answers when it is told to. */
function backend() {
  const calls: { data: string; paste: boolean }[] = [];
  let pending: { resolve: () => void; reject: (reason: unknown) => void } | null = null;
  let overlapped = false;
  const send = (data: string, paste: boolean) => {
    overlapped ||= pending !== null;
    calls.push({ data, paste });
    return new Promise<void>((resolve, reject) => (pending = { resolve, reject }));
  };
  const settle = async (how: 'resolve' | 'reject') => {
    const one = pending;
    pending = null;
    one?.[how](how === 'reject' ? { code: 'not-open' } : undefined);
    await Promise.resolve();
    await Promise.resolve();
  };
  return {
    calls,
    send,
    take: () => settle('resolve'),
    refuse: () => settle('reject'),
    overlapped: () => overlapped,
    busy: () => pending !== null,
  };
}

afterEach(() => vi.useRealTimers());

describe('InputQueue', () => {
  it('has one call under way and joins what is typed meanwhile', async () => {
    const board = backend();
    const input = new InputQueue(board.send);
    for (const key of 'print(1)\r') input.push(key);
    while (board.busy()) await board.take();
    expect(board.calls.map((call) => call.data)).toEqual(['p', 'rint(1)\r']);
    expect(board.overlapped()).toBe(false);
  });

  it('keeps a paste whole and in its place', async () => {
    const board = backend();
    const input = new InputQueue(board.send);
    input.push('a');
    input.push('b');
    input.push('def f():\r    pass\r', true);
    input.push('c');
    input.push('d');
    while (board.busy()) await board.take();
    expect(board.calls).toEqual([
      { data: 'a', paste: false },
      { data: 'b', paste: false },
      { data: 'def f():\r    pass\r', paste: true },
      { data: 'cd', paste: false },
    ]);
  });

  it('lets Ctrl-C reach a program that was pasted and never ends', async () => {
    vi.useFakeTimers();
    const calls: string[] = [];
    const input = new InputQueue((data, paste) => {
      calls.push(data);
      return paste ? new Promise(() => undefined) : Promise.resolve();
    });
    input.push('while True:\r    pass\r', true);
    input.push('\x03');
    expect(calls).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(100);
    expect(calls[1]).toBe('\x03');
  });

  it('drops what waits when the line is gone, and works again afterwards', async () => {
    const board = backend();
    const input = new InputQueue(board.send);
    input.push('a');
    input.push('lost');
    await board.refuse();
    expect(board.busy()).toBe(false);
    input.push('b');
    await board.take();
    expect(board.calls.map((call) => call.data)).toEqual(['a', 'b']);
  });

  it('is bounded, and parts long input between characters', async () => {
    const board = backend();
    const input = new InputQueue(board.send);
    expect(input.push('x' + '🙂'.repeat(200_000))).toBe(true);
    expect(input.push('y'.repeat(1024 * 1024))).toBe(false);
    while (board.busy()) await board.take();
    expect(board.calls.length).toBeGreaterThan(1);
    for (const { data } of board.calls) expect(data).not.toMatch(/[\ud800-\udbff]$|^[\udc00-\udfff]/);
    expect(board.calls.map((call) => call.data).join('')).toBe('x' + '🙂'.repeat(200_000));
  });
});
