import type { IDisposable, IFunctionIdentifier, IParser } from '@xterm/xterm';

/** Replies to a board's questions per second; a program asks for the cursor once or twice. */
const REPLIES_PER_SECOND = 20;

interface Guarded {
  parser: IParser;
  readonly rows: number;
  readonly cols: number;
  buffer: { active: { cursorX: number; cursorY: number } };
}

/**
 * What a board may not do with the terminal. What it sends is hostile until bounded: it must not set the window's
 * title or colours, reach the clipboard, draw links that go where it likes, make the terminal type on its own, or
 * freeze it with a repeat count.
 */
export function guard(term: Guarded, reply: (data: string) => void): IDisposable[] {
  const swallow = () => true;
  const csi = (id: IFunctionIdentifier, handler: (params: (number | number[])[]) => boolean) =>
    term.parser.registerCsiHandler(id, handler);
  const answer = rateLimited(reply);
  return [
    ...OSC.map((id) => term.parser.registerOscHandler(id, swallow)),
    term.parser.registerDcsHandler({ intermediates: '$', final: 'q' }, swallow),
    // xterm runs these once per count: ESC [ 2147483647 S would hold the window for minutes, and ESC [ … b fill the memory.
    ...COUNTED.map((id) => csi(id, (params) => first(params) > Math.max(term.rows, term.cols))),
    ...SILENT.map((id) => csi(id, swallow)),
    ...MODES.map((id) => csi(id, (params) => params.some((mode) => REFUSED_MODES.has(Number(mode))))),
    csi({ final: 'c' }, () => answer('\x1b[?1;2c')),
    csi({ final: 'n' }, (params) => {
      const { cursorX, cursorY } = term.buffer.active;
      if (first(params) === 5) answer('\x1b[0n');
      if (first(params) === 6) answer(`\x1b[${cursorY + 1};${Math.min(cursorX, term.cols - 1) + 1}R`);
      return true;
    }),
  ];
}

/** Undoes what a program may have left: colours, a hidden cursor, a scroll region, mouse reports. */
export const UNDO_MODES = '\x1b[!p\x1b[?1000l\x1b[?1002l\x1b[?1006l\x1b[?7h\x1b(B\x0f';

/** Titles, palette and its reports, working folder, hyperlinks, clipboard, notifications, shell marks, file transfer. */
const OSC = [0, 1, 2, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 21, 22, 50, 52, 66, 99, 104, 105, 110]
  .concat([111, 112, 113, 114, 115, 116, 117, 118, 119, 133, 633, 777, 1337, 5522]);

const COUNTED: IFunctionIdentifier[] = [
  ...['@', 'I', 'L', 'M', 'P', 'S', 'T', 'Z', 'b'].map((final) => ({ final })),
  ...['@', 'A'].map((final) => ({ intermediates: ' ', final })),
  ...['}', '~'].map((final) => ({ intermediates: "'", final })),
];

/** Window operations and the questions whose answers nobody needs here. */
const SILENT: IFunctionIdentifier[] = [
  { final: 't' },
  { prefix: '>', final: 'c' },
  { prefix: '=', final: 'c' },
  { prefix: '>', final: 'q' },
  { prefix: '?', final: 'n' },
  { prefix: '?', final: 'u' },
  { intermediates: '$', final: 'p' },
  { prefix: '?', intermediates: '$', final: 'p' },
];

const MODES: IFunctionIdentifier[] = [{ prefix: '?', final: 'h' }];

/** 132 columns, every mouse movement, focus reports, mouse in pixels and UTF-8, bracketed paste, held-back drawing. */
const REFUSED_MODES = new Set([3, 9, 1003, 1004, 1005, 1015, 1016, 2004, 2026, 2031, 9001]);

function first(params: (number | number[])[]): number {
  return Number(params[0] ?? 0);
}

function rateLimited(reply: (data: string) => void): (data: string) => boolean {
  let since = 0;
  let count = 0;
  return (data) => {
    const now = performance.now();
    if (now - since > 1000) [since, count] = [now, 0];
    count += 1;
    if (count <= REPLIES_PER_SECOND) reply(data);
    return true;
  };
}
