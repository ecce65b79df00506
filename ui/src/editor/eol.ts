/**
 * How a file ends its lines. `mixed` files are edited with every CR left in place as a character, so that saving one
 * changes nothing but what was typed.
 */
export type LineEnds = 'lf' | 'crlf' | 'mixed';

export function lineEndsOf(text: string): LineEnds {
  let crlf = 0;
  let lone = 0;
  for (let at = text.indexOf('\r'); at >= 0; at = text.indexOf('\r', at + 1)) {
    if (text.charCodeAt(at + 1) === 10) crlf += 1;
    else lone += 1;
  }
  if (crlf === 0 && lone === 0) return 'lf';
  return lone === 0 && crlf === count(text, '\n') ? 'crlf' : 'mixed';
}

/** The lines of a text, without what ends them; those of a mixed file keep their CR. */
export function linesOf(text: string, ends: LineEnds): string[] {
  return text.split(ends === 'crlf' ? '\r\n' : '\n');
}

/** What goes between two lines when the text is put together again. */
export function separatorOf(ends: LineEnds): string {
  return ends === 'crlf' ? '\r\n' : '\n';
}

function count(text: string, part: string): number {
  let found = 0;
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + 1)) found += 1;
  return found;
}
