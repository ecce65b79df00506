import { baseName } from '../shared/path';
import { FOLDER, onBoard } from '../shared/place';
import type { Place } from '../bindings/Place';
import type { App } from '../state/app.svelte';
import type { Tab } from '../state/tabs.svelte';

type Target = { tab: Tab } | { place: Place; path: string };

/**
 * What a traceback's `File "…"` means: the open text of that name (that is what was run), else a file on the board,
 * where the program found it, else one in the folder. Null where there is nothing to open.
 */
export function tracebackTarget(app: App, board: string, path: string): Target | null {
  const absolute = path.startsWith('/') ? path : `/${path}`;
  const tabs = app.tabs.all;
  const tab =
    tabs.find((other) => other.id === app.tabs.activeId && other.name === path) ??
    tabs.find((other) => other.path === absolute) ??
    tabs.find((other) => other.name === path);
  if (tab) return { tab };
  const places: Place[] = [onBoard(board), FOLDER];
  for (const place of places) {
    const tree = app.files.tree(place);
    for (const candidate of [absolute, `/lib${absolute}`]) if (tree?.entry(candidate)) return { place, path: candidate };
  }
  // A path below a folder that was not listed yet may be there; a bare name that is not listed is not.
  return baseName(path) !== path && !path.startsWith('<') ? { place: onBoard(board), path: absolute } : null;
}

/** Opens it at the line. */
export async function openTraceback(app: App, board: string, path: string, line: number): Promise<void> {
  const target = tracebackTarget(app, board, path);
  if (!target) return;
  app.view = 'editor';
  if ('tab' in target) app.tabs.activate(target.tab);
  else if (!(await app.filing.open(target.place, target.path))) return;
  const tab = app.tabs.active;
  // The editor is drawn first; then it can scroll and have the focus.
  requestAnimationFrame(() => {
    tab?.doc.goTo(line);
    tab?.doc.focus();
  });
}
