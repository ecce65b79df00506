import type { Place } from '../bindings/Place';
import { parentOf } from '../shared/path';
import { FOLDER, onBoard, placeKey } from '../shared/place';
import type { App } from './app.svelte';
import { commands } from './commands';
import { boardTitle } from './words';

/** A line of the palette. */
export interface PaletteChoice {
  id: string;
  label: string;
  /** Stands behind it, lighter: where a file is. */
  aside?: string;
  icon?: string;
  key?: string;
  run: () => unknown;
}

/** The commands that make sense now. */
export function commandChoices(app: App): PaletteChoice[] {
  return commands(app)
    .filter((command) => command.enabled && !command.hidden)
    .map(({ id, title, keys, run }) => ({ id, label: title, key: keys[0], run }));
}

/** The files that are open or have been listed, open ones first. */
export function fileChoices(app: App): PaletteChoice[] {
  const { t } = app.i18n;
  const tabs: PaletteChoice[] = app.tabs.all.map((tab) => ({
    id: `tab:${tab.id}`,
    label: tab.name,
    icon: tab.place === null ? 'file' : tab.place.side === 'folder' ? 'folder' : 'chip',
    aside: tab.place === null || tab.path === null ? t.tabs.nowhere : whereabouts(app, tab.place, tab.path),
    run: () => {
      app.tabs.activate(tab);
      app.view = 'editor';
      requestAnimationFrame(() => tab.doc.focus());
    },
  }));
  const places: Place[] = [FOLDER, ...(app.boards.chosenId === null ? [] : [onBoard(app.boards.chosenId)])];
  const listed = places.flatMap((place) =>
    [...(app.files.tree(place)?.listings.values() ?? [])]
      .flat()
      .filter((entry) => !entry.folder && !app.tabs.find(place, entry.path))
      .map((entry) => ({
        id: `${placeKey(place)}:${entry.path}`,
        label: entry.name,
        icon: place.side === 'folder' ? 'folder' : 'chip',
        aside: whereabouts(app, place, entry.path),
        run: () => void app.filing.openToType(place, entry.path),
      })),
  );
  return [...tabs, ...listed];
}

/** `greenhouse/lib`, `Pico W`: two files of one name are told apart by this. */
function whereabouts(app: App, place: Place, path: string): string {
  const board = place.side === 'board' ? app.boards.find(place.board) : undefined;
  const home = place.side === 'folder' ? app.files.folder?.name : board && boardTitle(app.i18n, board);
  const parent = parentOf(path);
  return (home ?? '') + (parent === '/' ? '' : parent);
}

/** Those whose words hold the typed letters in order; beginnings of words come first. */
export function match(choices: PaletteChoice[], typed: string): PaletteChoice[] {
  const wanted = typed.trim().toLowerCase();
  if (wanted === '') return choices;
  return choices
    .map((choice, index) => ({ choice, index, rank: rank(`${choice.label} ${choice.aside ?? ''}`.toLowerCase(), wanted) }))
    .filter(({ rank }) => rank !== null)
    .sort((a, b) => (a.rank as number) - (b.rank as number) || a.index - b.index)
    .map(({ choice }) => choice);
}

function rank(text: string, wanted: string): number | null {
  const found = text.indexOf(wanted);
  if (found === 0) return 0;
  if (found > 0) return /[\s/._-]/.test(text[found - 1] ?? '') ? 1 : 2;
  let from = 0;
  for (const letter of wanted) {
    from = text.indexOf(letter, from) + 1;
    if (from === 0) return null;
  }
  return 3;
}
