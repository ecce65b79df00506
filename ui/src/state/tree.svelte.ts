import { SvelteMap, SvelteSet } from 'svelte/reactivity';

import type { AppError } from '../bindings/AppError';
import type { FileEntry } from '../bindings/FileEntry';
import type { Place } from '../bindings/Place';
import type { Space } from '../bindings/Space';
import type { Host } from '../host/host';
import { toAppError } from '../shared/error';
import { isWithin, parentOf } from '../shared/path';

/** A line of a tree as it is drawn. */
export type Row =
  | { kind: 'entry'; key: string; entry: FileEntry; level: number; open: boolean }
  | { kind: 'error'; key: string; path: string; level: number; error: AppError }
  | { kind: 'new'; key: string; folder: boolean; parent: string; level: number };

/** The files of one side: what was listed, what is folded out, what is chosen. Folders are listed when they open. */
export class Tree {
  readonly place: Place;
  readonly listings = new SvelteMap<string, FileEntry[]>();
  readonly failures = new SvelteMap<string, AppError>();
  readonly expanded = new SvelteSet<string>();
  /** The chosen entry's path. */
  selected = $state<string | null>(null);
  /** The entry whose name is being edited. */
  renaming = $state<string | null>(null);
  /** A new file or folder whose name is being typed. */
  creating = $state.raw<{ parent: string; folder: boolean } | null>(null);
  space = $state.raw<Space | null>(null);
  /** How many folders are being listed right now. */
  pending = $state(0);
  /** Whether what is shown may no longer be so. */
  stale = true;
  readonly rows = $derived(this.#rowsIn('/', 1));
  readonly listed = $derived(this.listings.has('/'));
  #refreshing: Promise<void> | null = null;
  #again = false;
  readonly #host: Host;

  constructor(host: Host, place: Place) {
    this.#host = host;
    this.place = place;
  }

  /** The entry at a path, if it has been listed. */
  entry(path: string): FileEntry | undefined {
    return this.listings.get(parentOf(path))?.find((entry) => entry.path === path);
  }

  /** Lists one folder. A failure stands in its place in the tree. */
  async list(path: string): Promise<void> {
    this.pending += 1;
    try {
      const entries = await this.#host.call('files_list', { place: this.place, path, op: null });
      this.listings.set(path, [...entries].sort(folderFirst));
      this.failures.delete(path);
      this.#forgetWhatIsGone(path);
    } catch (thrown) {
      this.failures.set(path, toAppError(thrown));
    } finally {
      this.pending -= 1;
    }
  }

  /** Lists again everything that is shown, and asks for the free space. Asked for while it does, it does so once more. */
  refresh(): Promise<void> {
    if (this.#refreshing) {
      this.#again = true;
      return this.#refreshing;
    }
    const work = async () => {
      do {
        this.#again = false;
        await this.#listAgain();
      } while (this.#again);
    };
    this.#refreshing = work().finally(() => (this.#refreshing = null));
    return this.#refreshing;
  }

  /** Lists every folder there is, up to a bound, so that any file can be found by its name. */
  async listDeep(most = 200): Promise<void> {
    const waiting = ['/'];
    for (let listed = 0; listed < most; listed += 1) {
      const path = waiting.shift();
      if (path === undefined) return;
      if (!this.listings.has(path)) await this.list(path);
      for (const entry of this.listings.get(path) ?? []) if (entry.folder) waiting.push(entry.path);
    }
  }

  async #listAgain(): Promise<void> {
    this.stale = false;
    await this.list('/');
    for (const path of [...this.expanded].sort()) {
      // A parent's listing may just have shown that it is gone.
      if (this.expanded.has(path)) await this.list(path);
    }
    await this.measure();
  }

  /** Asks for the free space; a side that cannot say shows none. */
  async measure(): Promise<void> {
    if (this.place.side === 'folder') return;
    try {
      this.space = await this.#host.call('files_space', { place: this.place });
    } catch {
      this.space = null;
    }
  }

  /** Folds a folder out or in. */
  async toggle(path: string, open = !this.expanded.has(path)): Promise<void> {
    if (!open) {
      this.expanded.delete(path);
      return;
    }
    this.expanded.add(path);
    if (!this.listings.has(path)) await this.list(path);
  }

  /** The folder that "new file" means now: the chosen folder, or the one around the chosen file. */
  get target(): string {
    const entry = this.selected === null ? undefined : this.entry(this.selected);
    if (!entry) return '/';
    return entry.folder ? entry.path : parentOf(entry.path);
  }

  /** Forgets everything, as when the line to the board was lost. */
  clear(): void {
    this.listings.clear();
    this.failures.clear();
    this.space = null;
    this.stale = true;
  }

  #rowsIn(folder: string, level: number): Row[] {
    const rows: Row[] = [];
    if (this.creating?.parent === folder) {
      rows.push({ kind: 'new', key: `new:${folder}`, folder: this.creating.folder, parent: folder, level });
    }
    const error = this.failures.get(folder);
    if (error) rows.push({ kind: 'error', key: `error:${folder}`, path: folder, level, error });
    for (const entry of this.listings.get(folder) ?? []) {
      const open = entry.folder && this.expanded.has(entry.path);
      rows.push({ kind: 'entry', key: entry.path, entry, level, open });
      if (open) rows.push(...this.#rowsIn(entry.path, level + 1));
    }
    return rows;
  }

  #forgetWhatIsGone(folder: string): void {
    const known = (this.listings.get(folder) ?? []).map((entry) => entry.path);
    const gone = (path: string) =>
      path !== folder && isWithin(path, folder) && !known.some((entry) => isWithin(path, entry));
    for (const path of [...this.expanded]) if (gone(path)) this.expanded.delete(path);
    for (const path of [...this.listings.keys()]) if (gone(path)) this.listings.delete(path);
    if (this.selected !== null && gone(this.selected)) this.selected = null;
  }
}

function folderFirst(a: FileEntry, b: FileEntry): number {
  if (a.folder !== b.folder) return a.folder ? -1 : 1;
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}
