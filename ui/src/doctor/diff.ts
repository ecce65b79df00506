/** A run of letters that are the same on both sides, or not. */
export interface Piece {
  text: string;
  marked: boolean;
}

export interface Line {
  /** Its number on its own side, from 1. */
  n: number;
  pieces: Piece[];
}

export type Change = 'same' | 'changed' | 'moved' | 'changed-moved' | 'added' | 'removed';

/** One line of the side-by-side view. */
export interface Row {
  change: Change;
  sent: Line | null;
  arrived: Line | null;
}

/** More lines than any request of ours has; a hostile one is cut here. */
const LINES_MOST = 64;
const LINE_MOST = 300;

/** What stands in base64 bytes, one string a line; everything that is no plain letter is written as an escape. */
export function requestLines(base64: string): string[] {
  if (base64 === '') return [];
  const lines = atob(base64).split('\r\n');
  while (lines.length > 0 && lines.at(-1) === '') lines.pop();
  return lines.slice(0, LINES_MOST).map((line) => escaped(line.slice(0, LINE_MOST)));
}

/**
 * Puts two requests side by side. Headers belong together by name, whatever the case of its letters: that is how every
 * program but the board sees it. The order is that of the side where they arrived; what did not arrive keeps its place.
 */
export function sideBySide(sent: string[], arrived: string[]): Row[] {
  const partner = pair(sent, arrived);
  const kept = partner.filter((to): to is number => to !== null);
  const inOrder = longestRising(kept);
  const rows: Row[] = [];
  let next = 0;
  const upTo = (limit: number) => {
    for (; next < limit; next += 1) {
      if (partner.includes(next)) continue;
      rows.push({ change: 'added', sent: null, arrived: whole(next, arrived[next] ?? '') });
    }
  };
  sent.forEach((line, index) => {
    const to = partner[index] ?? null;
    if (to === null) {
      rows.push({ change: 'removed', sent: whole(index, line), arrived: null });
      return;
    }
    if (inOrder.has(to)) {
      upTo(to);
      next = Math.max(next, to + 1);
    }
    const other = arrived[to] ?? '';
    const changed = line !== other;
    const moved = !inOrder.has(to);
    const change: Change = changed ? (moved ? 'changed-moved' : 'changed') : moved ? 'moved' : 'same';
    const [left, right] = changed ? marked(line, other) : [[plain(line)], [plain(other)]];
    rows.push({ change, sent: { n: index + 1, pieces: left }, arrived: { n: to + 1, pieces: right } });
  });
  upTo(arrived.length);
  return rows;
}

/** How many lines did not arrive as they were sent, places aside. */
export function count(rows: Row[]): { changed: number; added: number; removed: number } {
  const of = (...kinds: Change[]) => rows.filter((row) => kinds.includes(row.change)).length;
  return { changed: of('changed', 'changed-moved'), added: of('added'), removed: of('removed') };
}

function pair(sent: string[], arrived: string[]): (number | null)[] {
  const free = new Set(arrived.keys());
  return sent.map((line, index) => {
    if (index === 0) return arrived.length > 0 && free.delete(0) ? 0 : null;
    const name = headerName(line);
    const found = [...free].find((at) => at > 0 && headerName(arrived[at] ?? '') === name);
    if (found === undefined) return null;
    free.delete(found);
    return found;
  });
}

function headerName(line: string): string {
  const colon = line.indexOf(':');
  return (colon < 0 ? line : line.slice(0, colon)).trim().toLowerCase();
}

/** The values that can stay where they are: the longest sequence that rises. */
function longestRising(values: number[]): Set<number> {
  const best: number[][] = [];
  for (const value of values) {
    const before = best.filter((run) => (run.at(-1) ?? -1) < value);
    const longest = before.reduce<number[]>((a, b) => (b.length > a.length ? b : a), []);
    best.push([...longest, value]);
  }
  return new Set(best.reduce<number[]>((a, b) => (b.length > a.length ? b : a), []));
}

/** Marks the letters that differ. Of lines of equal length each letter is compared, otherwise the middle is marked. */
function marked(left: string, right: string): [Piece[], Piece[]] {
  if (left.length === right.length) return [byLetter(left, right), byLetter(right, left)];
  let head = 0;
  while (head < left.length && head < right.length && left[head] === right[head]) head += 1;
  let tail = 0;
  while (tail < Math.min(left.length, right.length) - head && left.at(-1 - tail) === right.at(-1 - tail)) tail += 1;
  const cut = (text: string): Piece[] =>
    [
      { text: text.slice(0, head), marked: false },
      { text: text.slice(head, text.length - tail), marked: true },
      { text: text.slice(text.length - tail), marked: false },
    ].filter((piece) => piece.text !== '');
  return [cut(left), cut(right)];
}

function byLetter(text: string, other: string): Piece[] {
  const pieces: Piece[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const differs = text[at] !== other[at];
    const last = pieces.at(-1);
    if (last && last.marked === differs) last.text += text[at] ?? '';
    else pieces.push({ text: text[at] ?? '', marked: differs });
  }
  return pieces;
}

function whole(index: number, text: string): Line {
  return { n: index + 1, pieces: [plain(text)] };
}

function plain(text: string): Piece {
  return { text, marked: false };
}

function escaped(text: string): string {
  return [...text]
    .map((letter) => {
      const code = letter.charCodeAt(0);
      return code >= 0x20 && code < 0x7f ? letter : `\\x${code.toString(16).padStart(2, '0')}`;
    })
    .join('');
}
