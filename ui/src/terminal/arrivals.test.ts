import { Terminal } from '@xterm/xterm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { Arrivals } from './arrivals';
import { timeLabel } from './times';

const NONE: ReadonlySet<number> = new Set();

let term: Terminal;
let arrivals: Arrivals;
let now: number;

beforeEach(() => {
  term = new Terminal({ cols: 20, rows: 5, scrollback: 20, allowProposedApi: true });
  now = 0;
  arrivals = new Arrivals(term, () => now);
});

afterEach(() => term.dispose());

async function print(at: number, text: string) {
  now = at;
  arrivals.before();
  await new Promise<void>((done) => term.write(text, done));
  arrivals.after();
}

/** The rows that show, each with its time as a number of seconds. */
function shown() {
  const labels = arrivals.labels(NONE);
  return labels.flatMap((label, index) => {
    const text = term.buffer.active.getLine(term.buffer.active.viewportY + index)?.translateToString(true) ?? '';
    if (label === '' && text === '') return [];
    const second = Array.from({ length: 200 }, (_, at) => at).find((at) => timeLabel(at * 1000) === label);
    return [`${second ?? ''} ${text}`];
  });
}

describe('Arrivals', () => {
  it('says when each row came; a row that goes on keeps its first time', async () => {
    await print(1000, 'one\r\ntw');
    await print(2000, 'o\r\n');
    await print(3000, 'three');
    expect(shown()).toEqual(['1 one', '1 two', '3 three']);
  });

  it('labels a broken line once', async () => {
    await print(1000, 'x'.repeat(25) + '\r\n');
    await print(2000, 'two');
    expect(shown()).toEqual(['1 ' + 'x'.repeat(20), ' xxxxx', '2 two']);
  });

  it('stays right when rows fall out of the scrollback', async () => {
    for (let at = 1; at <= 100; at += 1) await print(at * 1000, `line ${at}\r\n`);
    expect(shown()).toEqual(['97 line 97', '98 line 98', '99 line 99', '100 line 100']);
    term.scrollToTop();
    expect(shown()[0]).toBe('77 line 77');
  });

  it('stays right when one write pushes out everything there was', async () => {
    await print(1000, 'old\r\n');
    await print(2000, 'y\r\n'.repeat(500));
    await print(3000, 'new');
    expect(shown().slice(-2)).toEqual(['2 y', '3 new']);
  });

  it('follows the rows when the terminal gets narrower and wider', async () => {
    await print(1000, 'a'.repeat(18) + '\r\n');
    await print(2000, 'b'.repeat(18) + '\r\n');
    await print(3000, 'c');
    arrivals.around(() => term.resize(10, 5));
    expect(shown().filter((row) => !row.startsWith(' '))).toEqual(['1 aaaaaaaaaa', '2 bbbbbbbbbb', '3 c']);
    arrivals.around(() => term.resize(20, 5));
    expect(shown()).toEqual(['1 ' + 'a'.repeat(18), '2 ' + 'b'.repeat(18), '3 c']);
  });

  it('starts again after the screen was cleared', async () => {
    await print(1000, 'old\r\n'.repeat(10) + '>>> ');
    term.clear();
    await print(2000, 'x\r\n');
    await print(3000, 'y');
    expect(shown().at(-1)).toBe('3 y');
  });
});
