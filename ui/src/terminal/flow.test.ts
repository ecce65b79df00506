import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { CreditBatch, Outflow, type Sink } from './flow';

/** A terminal that takes `msPerKiB` for a kibibyte and calls back when it is told to go on. */
class SlowTerminal implements Sink {
  written: Uint8Array[] = [];
  now = 0;
  #steps: (() => void)[] = [];

  constructor(private readonly msPerKiB = 0) {}

  write(bytes: Uint8Array, drawn: () => void) {
    this.writeTimed(bytes, () => undefined, drawn);
  }

  writeTimed(bytes: Uint8Array, started: () => void, drawn: () => void) {
    this.written.push(bytes);
    this.#steps.push(() => {
      started();
      this.now += (bytes.length / 1024) * this.msPerKiB;
      drawn();
    });
  }

  get idle() {
    return this.#steps.length === 0;
  }

  step() {
    this.#steps.shift()?.();
  }

  runAll() {
    while (!this.idle) this.step();
  }

  text() {
    return new TextDecoder().decode(Uint8Array.from(this.written.flatMap((bytes) => [...bytes])));
  }
}

const bytes = (text: string) => new TextEncoder().encode(text);

describe('Outflow', () => {
  it('hands a lone piece on at once', () => {
    const terminal = new SlowTerminal();
    new Outflow(terminal, () => undefined).push(bytes('>>> '));
    expect(terminal.text()).toBe('>>> ');
  });

  it('joins what comes while the terminal is busy, and keeps the order', () => {
    const terminal = new SlowTerminal();
    const flow = new Outflow(terminal, () => undefined);
    for (const part of ['a', 'b', 'c', 'd']) flow.push(bytes(part));
    terminal.runAll();
    expect(terminal.written.map((piece) => piece.length)).toEqual([1, 3]);
    expect(terminal.text()).toBe('abcd');
  });

  it('never has more than one piece in the terminal, and credits all of them once drawn', () => {
    const terminal = new SlowTerminal();
    let credited = 0;
    const flow = new Outflow(terminal, (count) => (credited += count));
    flow.push(new Uint8Array(500_000));
    expect(credited).toBe(0);
    while (!terminal.idle) {
      const before = terminal.written.length;
      terminal.step();
      expect(terminal.written.length - before).toBeLessThanOrEqual(1);
    }
    expect(credited).toBe(500_000);
    expect(flow.waiting).toBe(0);
  });

  it('makes pieces smaller where drawing is slow and larger where it is fast', () => {
    const last = (msPerKiB: number) => {
      const terminal = new SlowTerminal(msPerKiB);
      new Outflow(terminal, () => undefined, () => terminal.now).push(new Uint8Array(2_000_000));
      terminal.runAll();
      return terminal.written.at(-2)!.length;
    };
    expect(last(1)).toBeLessThanOrEqual(6 * 1024);
    expect(last(0.01)).toBe(32 * 1024);
  });

  it('does a task between the bytes before and after it', () => {
    const terminal = new SlowTerminal();
    const flow = new Outflow(terminal, () => undefined);
    const seen: string[] = [];
    flow.push(bytes('before'));
    flow.push(bytes(' too'));
    flow.inOrder(() => seen.push(terminal.text()));
    flow.push(bytes(' after'));
    expect(seen).toEqual([]);
    terminal.runAll();
    expect(seen).toEqual(['before too']);
    expect(terminal.text()).toBe('before too after');
  });

  it('writes nothing any more once it was stopped', () => {
    const terminal = new SlowTerminal();
    const flow = new Outflow(terminal, () => undefined);
    flow.push(bytes('a'));
    flow.push(bytes('b'));
    flow.stop();
    terminal.runAll();
    flow.push(bytes('c'));
    expect(terminal.text()).toBe('a');
  });
});

describe('CreditBatch', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it('tells 64 KiB at once and less after 50 ms', () => {
    const sent: number[] = [];
    const credit = new CreditBatch((count) => sent.push(count));
    credit.add(65_535);
    expect(sent).toEqual([]);
    credit.add(1);
    expect(sent).toEqual([65_536]);
    credit.add(10);
    credit.add(20);
    vi.advanceTimersByTime(49);
    expect(sent).toEqual([65_536]);
    vi.advanceTimersByTime(1);
    expect(sent).toEqual([65_536, 30]);
    vi.advanceTimersByTime(1000);
    expect(sent).toEqual([65_536, 30]);
  });
});
