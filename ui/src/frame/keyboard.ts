import type { App } from '../state/app.svelte';
import { commands } from '../state/commands';
import { freeInTerminal, matches } from '../state/keys';

/** What the web view would do by itself and what would lose the work, or makes no sense in a program. */
const SWALLOWED = ['Mod+R', 'Mod+Shift+R', 'F5', 'Shift+F5', 'Mod+F5', 'Mod+P', 'Mod+S', 'Mod+O', 'Mod+U', 'Mod+G', 'F3', 'F7', 'Alt+ArrowLeft', 'Alt+ArrowRight'];

/** Runs the command of a key, before whatever has the focus sees it. Dialogs and menus keep their keys. */
export function handleKey(event: KeyboardEvent, app: App): void {
  if (event.isComposing) return;
  const mac = app.settings.about.os === 'macos';
  const modal = app.dialogs.stack.length > 0 || app.menus.current !== null;
  const inTerminal = (event.target as HTMLElement | null)?.closest?.('.xterm') instanceof HTMLElement;
  if (!modal) {
    for (const command of commands(app)) {
      const key = command.keys.find((keys) => matches(event, keys, mac));
      if (key === undefined || (inTerminal && !freeInTerminal(key, mac))) continue;
      event.preventDefault();
      event.stopPropagation();
      if (command.enabled) command.run();
      return;
    }
  }
  // The editor and the terminal see the rest first, and take what means something to them.
  if (!inTerminal && !(event.target as HTMLElement | null)?.closest?.('.cm-editor')) swallow(event, app);
}

/** Keeps the web view from doing what it would do with a key that nobody took. */
export function swallow(event: KeyboardEvent, app: App): void {
  const mac = app.settings.about.os === 'macos';
  if (!event.defaultPrevented && SWALLOWED.some((keys) => matches(event, keys, mac))) event.preventDefault();
}
