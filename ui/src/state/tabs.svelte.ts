import type { AppError } from '../bindings/AppError';
import type { Place } from '../bindings/Place';
import type { Host } from '../host/host';
import type { EditorDoc } from '../editor/doc.svelte';
import { baseName, isWithin, moved } from '../shared/path';
import { samePlace } from '../shared/place';
import { panes } from './panes';

/** An open file, or a text that has no file yet. */
export class Tab {
  readonly id: number;
  readonly doc: EditorDoc;
  place = $state.raw<Place | null>(null);
  path = $state<string | null>(null);
  name = $state('');
  /** The version the text started from; null while there is no file. */
  version: string | null = null;
  saving = $state(false);
  /** Why the last save failed, until the next one. */
  failure = $state.raw<AppError | null>(null);
  /** Whether the file was deleted under the tab. */
  gone = $state(false);
  cursor = $state.raw({ line: 1, col: 1 });
  readonly unsaved = $derived.by(() => this.doc.unsaved || this.gone);

  constructor(id: number, name: string, doc: EditorDoc) {
    this.id = id;
    this.name = name;
    this.doc = doc;
  }

  /** Whether it shows this file. */
  shows(place: Place, path: string): boolean {
    return this.path === path && this.place !== null && samePlace(this.place, place);
  }

  /** Makes it a text that has no file. */
  detach(): void {
    this.place = null;
    this.path = null;
    this.version = null;
    this.failure = null;
  }

  /** Says which file it is now. */
  settle(place: Place, path: string, version: string): void {
    this.place = place;
    this.path = path;
    this.name = baseName(path);
    this.doc.setPath(this.name);
    this.version = version;
    this.gone = false;
    this.failure = null;
  }
}

/** The open files, from both sides, and which one is in front. */
export class Tabs {
  all = $state.raw<Tab[]>([]);
  activeId = $state<number | null>(null);
  readonly active = $derived(this.all.find((tab) => tab.id === this.activeId) ?? null);
  readonly unsaved = $derived(this.all.filter((tab) => tab.unsaved));
  readonly #host: Host;
  #next = 1;

  constructor(host: Host) {
    this.#host = host;
  }

  find(place: Place, path: string): Tab | undefined {
    return this.all.find((tab) => tab.shows(place, path));
  }

  activate(tab: Tab): void {
    this.activeId = tab.id;
  }

  /** Opens a new text that has no file yet, under the first name that no other such text has. */
  async create(nameOf: (n: number) => string): Promise<Tab> {
    const { EditorDoc } = await panes();
    let n = 1;
    while (this.all.some((tab) => tab.path === null && tab.name === nameOf(n))) n += 1;
    return this.#add(new Tab(this.#next++, nameOf(n), new EditorDoc(nameOf(n), '')));
  }

  /** Opens a file, or shows it when it is open. Null when it is no text. */
  async open(place: Place, path: string, op: string | null): Promise<Tab | null> {
    const known = this.find(place, path);
    if (known) {
      this.activate(known);
      return known;
    }
    const [file, { EditorDoc }] = await Promise.all([this.#host.call('file_read', { place, path, op }), panes()]);
    if (file.text === null) return null;
    // Two clicks on a slow board: the second answer finds the tab of the first.
    const meanwhile = this.find(place, path);
    if (meanwhile) return meanwhile;
    const name = baseName(path);
    const tab = new Tab(this.#next++, name, new EditorDoc(name, file.text));
    tab.settle(place, path, file.version);
    return this.#add(tab);
  }

  /**
   * Writes a tab's text where it lives, expecting what it started from. `force` writes over whatever stands there.
   * What is typed while it is being written stays unsaved.
   */
  async save(tab: Tab, op: string | null, force = false): Promise<void> {
    if (tab.place === null || tab.path === null) throw new Error('a text without a file is saved with saveAs');
    await this.#write(tab, tab.place, tab.path, force ? null : tab.gone ? '' : tab.version, op);
  }

  /** Writes a tab's text to a new file and makes the tab that file's. Fails with `file-exists` unless `force`. */
  async saveAs(tab: Tab, place: Place, path: string, op: string | null, force = false): Promise<void> {
    await this.#write(tab, place, path, force ? null : '', op);
    for (const other of this.all) if (other !== tab && other.shows(place, path)) this.close(other);
  }

  /** Takes what stands in the file and drops the tab's own text. */
  async reload(tab: Tab, op: string | null): Promise<void> {
    if (tab.place === null || tab.path === null) return;
    const file = await this.#host.call('file_read', { place: tab.place, path: tab.path, op });
    if (file.text === null) return;
    tab.doc.setText(file.text);
    tab.doc.markSaved();
    tab.settle(tab.place, tab.path, file.version);
  }

  /** Reads again the unchanged tabs of a place whose files changed; a tab with changes is left to the next save. */
  async follow(place: Place): Promise<void> {
    for (const tab of this.all) {
      if (tab.path === null || tab.place === null || !samePlace(tab.place, place)) continue;
      if (tab.unsaved || tab.saving) continue;
      try {
        const file = await this.#host.call('file_read', { place, path: tab.path, op: null });
        if (file.text === null || file.version === tab.version || tab.unsaved || tab.saving) continue;
        tab.doc.setText(file.text);
        tab.doc.markSaved();
        tab.version = file.version;
      } catch (thrown) {
        if ((thrown as AppError).code === 'file-not-found') tab.gone = true;
      }
    }
  }

  /** Closes without asking. */
  close(tab: Tab): void {
    const index = this.all.indexOf(tab);
    if (index < 0) return;
    this.all = this.all.filter((other) => other !== tab);
    if (this.activeId === tab.id) this.activeId = (this.all[index] ?? this.all[index - 1])?.id ?? null;
  }

  /**
   * Another folder takes the place of the open one, in which the same paths mean other files. Unchanged tabs close;
   * what was changed stays as a text that has no file yet, for nothing may be lost or written to the wrong folder.
   */
  leaveFolder(): void {
    for (const tab of [...this.all]) {
      if (tab.place?.side !== 'folder') continue;
      if (tab.unsaved) tab.detach();
      else this.close(tab);
    }
  }

  /** The next tab to the right, or to the left, round the end. */
  step(by: 1 | -1): void {
    const index = this.all.findIndex((tab) => tab.id === this.activeId);
    if (index >= 0) this.activeId = this.all[(index + by + this.all.length) % this.all.length]?.id ?? null;
  }

  /** A path was renamed: its tabs follow. */
  pathMoved(place: Place, from: string, to: string): void {
    for (const tab of this.all) {
      if (tab.place === null || tab.path === null || !samePlace(tab.place, place)) continue;
      if (!isWithin(tab.path, from)) continue;
      tab.path = moved(tab.path, from, to);
      tab.name = baseName(tab.path);
      tab.doc.setPath(tab.name);
    }
  }

  /** A path was deleted: its tabs keep the text, as the only copy there is now. */
  pathRemoved(place: Place, path: string): void {
    for (const tab of this.all) {
      if (tab.place && tab.path !== null && samePlace(tab.place, place) && isWithin(tab.path, path)) tab.gone = true;
    }
  }

  #add(tab: Tab): Tab {
    this.all = [...this.all, tab];
    this.activeId = tab.id;
    return tab;
  }

  async #write(tab: Tab, place: Place, path: string, expect: string | null, op: string | null): Promise<void> {
    tab.saving = true;
    tab.failure = null;
    const text = tab.doc.text();
    try {
      const written = await this.#host.call('file_write', { place, path, text, expect, op });
      tab.settle(place, path, written.version);
      if (tab.doc.text() === text) tab.doc.markSaved();
    } finally {
      tab.saving = false;
    }
  }
}
