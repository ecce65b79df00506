import type { IBuffer, IBufferLine } from '@xterm/xterm';

/** A line as the board sent it, which the terminal may have broken over several rows. */
export interface LogicalLine {
  text: string;
  /** The rows it covers, as buffer indices. */
  first: number;
  last: number;
  /** For each UTF-16 unit of `text` the row and column it stands in; one more entry for the end. */
  cells: { row: number; column: number }[];
}

/** Rows a logical line may have before it is cut: a program that prints without ever ending a line. */
const MOST_ROWS = 40;

/** The logical line that `row` belongs to; null outside the buffer. */
export function logicalLine(buffer: IBuffer, row: number): LogicalLine | null {
  if (!buffer.getLine(row)) return null;
  let first = row;
  while (first > 0 && row - first < MOST_ROWS && buffer.getLine(first)?.isWrapped) first -= 1;
  let last = row;
  while (last - row < MOST_ROWS && buffer.getLine(last + 1)?.isWrapped) last += 1;
  const cells: LogicalLine['cells'] = [];
  let text = '';
  for (let at = first; at <= last; at += 1) {
    const line = buffer.getLine(at);
    if (line) text += rowText(line, at, at < last, cells);
  }
  const end = cells.at(-1);
  cells.push(end ? { row: end.row, column: end.column + 1 } : { row: first, column: 0 });
  return { text, first, last, cells };
}

/** The logical lines that show in the rows from `from` to `to`, with up to `above` rows before them. */
export function logicalLines(buffer: IBuffer, from: number, to: number, above = 0): LogicalLine[] {
  const lines: LogicalLine[] = [];
  for (let row = Math.max(0, from - above); row <= to; ) {
    const line = logicalLine(buffer, row);
    if (!line) break;
    lines.push(line);
    row = Math.max(line.last, row) + 1;
  }
  return lines;
}

/** All text of a buffer down to the cursor or the last row with text, wrapped rows joined, without the rows of `skip`. */
export function bufferText(buffer: IBuffer, skip: ReadonlySet<number>): string {
  const cursor = buffer.baseY + buffer.cursorY;
  let last = buffer.length - 1;
  while (last > cursor && buffer.getLine(last)?.translateToString(true) === '') last -= 1;
  return rowsText(buffer, 0, last, skip);
}

/** The text of rows, the first from column `start`, the last up to column `end`. */
export function rowsText(
  buffer: IBuffer,
  from: number,
  to: number,
  skip: ReadonlySet<number>,
  start = 0,
  end?: number,
): string {
  const lines: string[] = [];
  for (let row = from; row <= to; row += 1) {
    const line = buffer.getLine(row);
    if (!line || skip.has(row)) continue;
    const continues = buffer.getLine(row + 1)?.isWrapped ?? false;
    const text = line.translateToString(!continues, row === from ? start : 0, row === to ? end : undefined);
    if (line.isWrapped && lines.length > 0) lines[lines.length - 1] += text;
    else lines.push(text);
  }
  return lines.join('\n');
}

function rowText(line: IBufferLine, row: number, whole: boolean, cells: LogicalLine['cells']): string {
  let text = '';
  let cell = line.getCell(0);
  let blanks = 0;
  for (let column = 0; column < line.length; column += 1) {
    cell = line.getCell(column, cell);
    // The second half of a wide character.
    if (!cell || cell.getWidth() === 0) continue;
    const chars = cell.getChars();
    if (chars === '') blanks += 1;
    else blanks = 0;
    const shown = chars === '' ? ' ' : chars;
    for (let unit = 0; unit < shown.length; unit += 1) cells.push({ row, column });
    text += shown;
  }
  if (whole || blanks === 0) return text;
  cells.length -= blanks;
  return text.slice(0, -blanks);
}
