import type { BoardState } from '../bindings/BoardState';

/** What to do with text from the clipboard. */
export type Paste =
  | { kind: 'nothing' }
  /** As if typed. */
  | { kind: 'type'; data: string }
  /** Through the board's paste mode, so that its auto-indentation does not add to the text's own. */
  | { kind: 'pasteMode'; data: string }
  /** A running program would read the lines as answers: ask first, then type. */
  | { kind: 'ask'; data: string; lines: number }
  /** More than one call takes. */
  | { kind: 'tooLong' };

/** Characters; the backend takes 1 MiB and three bytes are the most one UTF-16 unit becomes. */
const LONGEST = 340_000;

export function decidePaste(clipboard: string, state: BoardState): Paste {
  const data = typeable(clipboard);
  if (data === '') return { kind: 'nothing' };
  if (data.length > LONGEST) return { kind: 'tooLong' };
  const lines = lineCount(data);
  if (lines === 1) return { kind: 'type', data };
  if (state.kind === 'running') return { kind: 'ask', data, lines };
  return { kind: 'pasteMode', data };
}

/**
 * The text as keys would send it: Enter is CR. Control characters go: pasted from a web page, Ctrl-C or Ctrl-D
 * would stop or reset the board, and Escape would reach whatever reads there.
 */
function typeable(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replace(/\r\n|\n/g, '\r').replace(/[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/g, '');
}

/** Lines, where an end of line at the very end begins no further one. */
function lineCount(data: string): number {
  return data.replace(/\r$/, '').split('\r').length;
}
