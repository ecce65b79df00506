import { Terminal } from '@xterm/xterm';
import { afterEach, describe, expect, it } from 'vitest';

import { guard } from './guard';

let term: Terminal;
let replies: string[];

function begin() {
  term = new Terminal({ cols: 80, rows: 24, allowProposedApi: true });
  replies = [];
  guard(term, (data) => replies.push(data));
  term.onData((data) => replies.push(`unguarded ${JSON.stringify(data)}`));
}

const print = (text: string) => new Promise<void>((done) => term.write(text, done));

afterEach(() => term.dispose());

describe('guard', () => {
  it('keeps the board from titles, clipboard, colours and links', async () => {
    begin();
    const titles: string[] = [];
    term.onTitleChange((title) => titles.push(title));
    await print('\x1b]0;mine\x07\x1b]2;mine\x07\x1b]52;c;aGk=\x07\x1b]4;1;?\x07\x1b]10;?\x07\x1b]8;;http://x\x07here\x1b]8;;\x07');
    expect(titles).toEqual([]);
    expect(replies).toEqual([]);
    expect(term.buffer.active.getLine(0)?.translateToString(true)).toBe('here');
  });

  it('answers where the cursor is and nothing else, and not without end', async () => {
    begin();
    await print('ab\r\ncd\x1b[6n');
    expect(replies).toEqual(['\x1b[2;3R']);
    await print('\x1b[>c\x1b[?6n\x1bP$qm\x1b\\\x1b[?25$p\x1b[18t\x1b[21t');
    expect(replies).toHaveLength(1);
    await print('\x1b[6n'.repeat(1000));
    expect(replies.length).toBeLessThan(50);
  });

  it('is not frozen by counts', async () => {
    begin();
    const start = performance.now();
    await print('x');
    for (const final of ['S', 'T', 'L', 'M', '@', 'P', 'b', 'I', 'Z']) await print(`\x1b[2147483647${final}`);
    await print(' done');
    expect(performance.now() - start).toBeLessThan(2000);
    expect(term.buffer.active.getLine(0)?.translateToString(true)).toBe('x done');
  });

  it('lets ordinary counts through', async () => {
    begin();
    await print('abc\r\x1b[2@');
    expect(term.buffer.active.getLine(0)?.translateToString(true)).toBe('  abc');
  });

  it('refuses modes that would type on their own or hold drawing back', async () => {
    begin();
    await print('\x1b[?1004h\x1b[?1003h\x1b[?2004h\x1b[?2026h');
    expect(term.modes).toMatchObject({
      sendFocusMode: false,
      mouseTrackingMode: 'none',
      bracketedPasteMode: false,
      synchronizedOutputMode: false,
    });
  });
});
