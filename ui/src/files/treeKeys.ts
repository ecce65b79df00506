import type { FileEntry } from '../bindings/FileEntry';
import { parentOf } from '../shared/path';
import type { App } from '../state/app.svelte';
import type { Tree } from '../state/tree.svelte';

/** Typing the beginning of a name goes to it; a pause begins a new word. */
const TYPE_AHEAD = 600; // ms
let typed = '';
let typedAt = 0;

/** The keys of a tree view (WAI-ARIA): arrows, Home, End, Enter, letters, and F2, Delete and the menu key. */
export function treeKeys(
  event: KeyboardEvent,
  app: App,
  tree: Tree,
  entries: FileEntry[],
  focusRow: (path: string | null) => void,
): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const index = entries.findIndex((entry) => entry.path === tree.selected);
  const entry = entries[index];
  const go = (to: number) => focusRow(entries[Math.max(0, Math.min(entries.length - 1, to))]?.path ?? null);
  switch (event.key) {
    case 'ArrowDown':
      go(index + 1);
      break;
    case 'ArrowUp':
      go(index - 1);
      break;
    case 'Home':
      go(0);
      break;
    case 'End':
      go(entries.length - 1);
      break;
    case 'ArrowRight':
      if (!entry?.folder) return;
      if (!tree.expanded.has(entry.path)) void tree.toggle(entry.path, true);
      else if (entries[index + 1]?.path.startsWith(`${entry.path}/`)) go(index + 1);
      break;
    case 'ArrowLeft':
      if (!entry) return;
      if (entry.folder && tree.expanded.has(entry.path)) void tree.toggle(entry.path, false);
      else if (parentOf(entry.path) !== '/') focusRow(parentOf(entry.path));
      break;
    case 'Enter':
      if (!entry) return;
      if (entry.folder) void tree.toggle(entry.path);
      else void app.filing.openToType(tree.place, entry.path);
      break;
    case ' ':
      if (!entry) return;
      tree.selected = entry.path;
      break;
    case 'F2':
      if (!entry || cannotRename(app, tree)) return;
      tree.renaming = entry.path;
      break;
    case 'Delete':
      if (!entry) return;
      void app.filing.remove(tree, entry);
      break;
    default:
      if (event.key.length !== 1) return;
      goByName(event.key, entries, index, focusRow);
  }
  event.preventDefault();
  event.stopPropagation();
}

function cannotRename(app: App, tree: Tree): boolean {
  const board = tree.place.side === 'board' ? app.boards.find(tree.place.board) : undefined;
  return board?.info?.cannot.includes('no-rename') ?? false;
}

function goByName(key: string, entries: FileEntry[], index: number, focusRow: (path: string | null) => void): void {
  const now = Date.now();
  typed = now - typedAt < TYPE_AHEAD ? typed + key.toLowerCase() : key.toLowerCase();
  typedAt = now;
  // One letter goes on to the next name; more letters may stay where they are.
  const from = typed.length === 1 ? index + 1 : Math.max(0, index);
  const round = [...entries.slice(from), ...entries.slice(0, from)];
  focusRow(round.find((entry) => entry.name.toLowerCase().startsWith(typed))?.path ?? null);
}
