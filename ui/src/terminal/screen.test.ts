import { Unicode11Addon } from '@xterm/addon-unicode11';
import { Terminal } from '@xterm/xterm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { bufferText, logicalLine, logicalLines } from './screen';

let term: Terminal;

beforeEach(() => {
  term = new Terminal({ cols: 10, rows: 4, scrollback: 50, allowProposedApi: true });
  term.loadAddon(new Unicode11Addon());
  term.unicode.activeVersion = '11';
});

afterEach(() => term.dispose());

const print = (text: string) => new Promise<void>((done) => term.write(text, done));
const text = (skip: number[] = []) => bufferText(term.buffer.active, new Set(skip));

describe('bufferText', () => {
  it('joins what the terminal broke, down to the cursor', async () => {
    await print('0123456789abc\r\n\r\nend\r\n');
    expect(text()).toBe('0123456789abc\n\nend\n');
  });

  it('leaves out the rows that are not the board’s', async () => {
    await print('a\r\nours\r\nb');
    expect(text([1])).toBe('a\nb');
  });

  it('has what stands below a cursor that was moved up', async () => {
    await print('a\r\nb\x1b[1A');
    expect(text()).toBe('a\nb');
  });
});

describe('logicalLine', () => {
  it('knows for each character its row and column', async () => {
    await print('温度🙂: 0123456789');
    const line = logicalLine(term.buffer.active, 1)!;
    expect(line.text).toBe('温度🙂: 0123456789');
    expect([line.first, line.last]).toEqual([0, 1]);
    // Two columns for each of the wide ones, two UTF-16 units for the emoji.
    expect(line.cells.slice(0, 6).map(({ column }) => column)).toEqual([0, 2, 4, 4, 6, 7]);
    expect(line.cells[line.text.indexOf('2')]).toEqual({ row: 1, column: 0 });
  });

  it('is none outside the buffer', () => {
    expect(logicalLine(term.buffer.active, -1)).toBeNull();
    expect(logicalLine(term.buffer.active, 1000)).toBeNull();
  });

  it('is bounded where a program never ends its line', async () => {
    await print('x'.repeat(2000));
    for (const line of logicalLines(term.buffer.active, 0, term.buffer.active.length - 1)) {
      expect(line.text.length).toBeLessThanOrEqual(10 * 82);
    }
  });
});
