import { type ILink, Terminal } from '@xterm/xterm';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { TracebackMarks } from './decorate';
import type { Palette } from './theme';

const palette: Palette = { theme: {}, accent: '#0000ff', bad: '#ff0000', match: '#eeeeee', activeMatch: '#dddddd' };
const TRACEBACK = 'Traceback (most recent call last):\r\n  File "main.py", line 33, in <module>\r\nOSError: [Errno 5] EIO\r\n';

let term: Terminal;
let marks: TracebackMarks;
let drawn: { x?: number; width?: number; row: number; foregroundColor?: string }[];
const open = vi.fn();

beforeEach(() => {
  vi.useFakeTimers();
  open.mockClear();
  term = new Terminal({ cols: 40, rows: 10, allowProposedApi: true });
  marks = new TracebackMarks(term, {
    program: () => 'blink.py',
    opens: (path) => !path.startsWith('asyncio/'),
    open,
  });
  drawn = [];
  const register = term.registerDecoration.bind(term);
  vi.spyOn(term, 'registerDecoration').mockImplementation((options) => {
    const { x, width, foregroundColor, marker } = options;
    drawn.push({ x, width, foregroundColor, row: marker.line });
    return register(options);
  });
  marks.recolour(palette);
});

afterEach(() => {
  marks.dispose();
  term.dispose();
  vi.useRealTimers();
});

async function print(text: string) {
  const done = new Promise<void>((resolve) => term.write(text, resolve));
  await vi.runAllTimersAsync();
  await done;
  marks.touch();
  await vi.runAllTimersAsync();
}

function linksIn(row: number) {
  let found: ILink[] | undefined;
  marks.provider().provideLinks(row + 1, (links) => (found = links));
  return found ?? [];
}

describe('TracebackMarks', () => {
  it('marks links and the last line, each once', async () => {
    await print(TRACEBACK);
    expect(drawn).toEqual([
      { row: 2, x: 0, width: 22, foregroundColor: '#ff0000' },
      { row: 1, x: 7, width: 18, foregroundColor: '#0000ff' },
    ]);
    await print('>>> ');
    expect(drawn).toHaveLength(2);
  });

  it('opens a link at its line, under the name the program was run by', async () => {
    await print('  File "<stdin>", line 7, in f\r\n');
    const [link] = linksIn(0);
    link!.activate(new MouseEvent('click', { button: 0 }), link!.text);
    expect(open).toHaveBeenCalledWith('blink.py', 7);
  });

  it('makes no link of what cannot be opened', async () => {
    await print('  File "asyncio/core.py", line 1, in run\r\n');
    expect(linksIn(0)).toEqual([]);
    expect(drawn).toEqual([]);
  });

  it('follows a link over the edge of the screen', async () => {
    await print('温度温度温度 File "a_long_folder/main.py", line 33\r\n');
    const [link] = linksIn(1);
    expect(link!.range).toEqual({ start: { x: 19, y: 1 }, end: { x: 10, y: 2 } });
    expect(drawn.map(({ row, x, width }) => [row, x, width])).toEqual([
      [0, 18, 22],
      [1, 0, 10],
    ]);
  });

  it('costs a flood nothing: only what shows at the end is marked', async () => {
    await print(TRACEBACK.repeat(300));
    expect(drawn.length).toBeLessThanOrEqual(10);
  });

  it('marks anew in the colours of another theme', async () => {
    await print(TRACEBACK);
    marks.recolour({ ...palette, bad: '#aa0000' });
    await vi.runAllTimersAsync();
    expect(drawn.slice(2).map(({ foregroundColor }) => foregroundColor)).toEqual(['#aa0000', '#0000ff']);
  });
});
