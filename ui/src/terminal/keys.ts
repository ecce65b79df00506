/** Who gets a key that was pressed in the terminal. */
export type KeyUse =
  /** The board, as characters. */
  | 'board'
  /** The window: one of its shortcuts. */
  | 'window'
  /** The web view, which answers with a paste event. */
  | 'paste'
  | 'copy'
  | 'find'
  | 'selectAll';

type Key = Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'shiftKey' | 'altKey' | 'metaKey'>;

/**
 * What to do with a key that the window did not take: it hears every key first. Ctrl with a letter belongs to the board
 * (Ctrl-A to Ctrl-E are the REPL's own, Ctrl-P and others its line editor's); Ctrl-Shift and function keys mean nothing
 * to it and are left alone.
 */
export function keyUse(key: Key, hasSelection: boolean, mac: boolean): KeyUse {
  const letter = key.key.toLowerCase();
  if (key.metaKey) return mac ? command(letter) : 'window';
  if (/^F([1-9]|1\d|2[0-4])$/.test(key.key)) return 'window';
  if (key.key === 'Insert' && key.shiftKey) return 'paste';
  if (key.key === 'Insert' && key.ctrlKey) return 'copy';
  if (!key.ctrlKey || key.altKey) return 'board';
  if (key.code === 'Backquote') return 'window';
  if (key.shiftKey) {
    if (letter === 'c') return mac ? 'window' : 'copy';
    if (letter === 'v') return mac ? 'window' : 'paste';
    if (letter === 'f') return mac ? 'window' : 'find';
    if (letter === 'a') return mac ? 'window' : 'selectAll';
    return /^[a-z0-9]$/.test(letter) || key.key === 'Tab' ? 'window' : 'board';
  }
  if (key.key === 'Tab' || key.key === ',') return 'window';
  if (mac) return 'board';
  if (letter === 'c') return hasSelection ? 'copy' : 'board';
  if (letter === 'v') return 'paste';
  if (letter === 'f') return 'find';
  return 'board';
}

function command(letter: string): KeyUse {
  if (letter === 'c') return 'copy';
  if (letter === 'v') return 'paste';
  if (letter === 'f') return 'find';
  return letter === 'a' ? 'selectAll' : 'window';
}

export function isMac(): boolean {
  return /Mac/.test(navigator.userAgent);
}
