/** Shortcuts are written as `Mod+Shift+P`. Mod is ⌘ on macOS and Ctrl elsewhere; Ctrl is Ctrl everywhere. */

interface Chord {
  mod: boolean;
  ctrl: boolean;
  shift: boolean;
  alt: boolean;
  key: string;
}

function parse(shortcut: string): Chord {
  const parts = shortcut.split('+');
  const key = parts.pop() || '+';
  return {
    mod: parts.includes('Mod'),
    ctrl: parts.includes('Ctrl'),
    shift: parts.includes('Shift'),
    alt: parts.includes('Alt'),
    key,
  };
}

/** Whether a key event is this shortcut. */
export function matches(event: KeyboardEvent, shortcut: string, mac: boolean): boolean {
  const chord = parse(shortcut);
  const ctrl = chord.ctrl || (chord.mod && !mac);
  const meta = chord.mod && mac;
  return (
    event.ctrlKey === ctrl &&
    event.metaKey === meta &&
    event.shiftKey === chord.shift &&
    event.altKey === chord.alt &&
    sameKey(event, chord.key)
  );
}

/** A shortcut for people: `Ctrl+Shift+P`, `⇧⌘P`. */
export function shown(shortcut: string, mac: boolean): string {
  const chord = parse(shortcut);
  const key = chord.key.length === 1 ? chord.key.toUpperCase() : chord.key.replace('Page', 'Page ');
  if (mac) {
    return (chord.ctrl ? '⌃' : '') + (chord.alt ? '⌥' : '') + (chord.shift ? '⇧' : '') + (chord.mod ? '⌘' : '') + key;
  }
  return [chord.ctrl || chord.mod ? 'Ctrl' : '', chord.shift ? 'Shift' : '', chord.alt ? 'Alt' : '', key]
    .filter((part) => part !== '')
    .join('+');
}

/**
 * Whether a shortcut may be taken while the terminal has the focus. There Ctrl with a letter belongs to the board
 * (Ctrl-C, Ctrl-D, Ctrl-P …); function keys, Ctrl-Shift and everything with ⌘ are ours.
 */
export function freeInTerminal(shortcut: string, mac: boolean): boolean {
  const chord = parse(shortcut);
  if (chord.mod && mac) return true;
  if (chord.shift && (chord.mod || chord.ctrl)) return true;
  return !/^[A-Z@[\]\\^_]$/i.test(chord.key);
}

function sameKey(event: KeyboardEvent, key: string): boolean {
  if (event.key.toLowerCase() === key.toLowerCase()) return true;
  // The key left of 1 types other characters on many keyboards, and with Shift letters are capitals.
  return key === '`' && event.code === 'Backquote';
}
