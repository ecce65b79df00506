import { SvelteMap } from 'svelte/reactivity';

import type { FileEntry } from '../bindings/FileEntry';
import type { Folder } from '../bindings/Folder';
import type { Place } from '../bindings/Place';
import type { Host } from '../host/host';
import { join, parentOf } from '../shared/path';
import { FOLDER, onBoard } from '../shared/place';
import { Tree } from './tree.svelte';

/** What a folder holds, counted before it is deleted. `complete` is false where counting was given up. */
export interface Contents {
  files: number;
  bytes: number;
  complete: boolean;
}

/** Counting what will be deleted asks the board folder by folder; a person does not wait for more than this. */
const COUNT_FOLDERS = 40;

/** The two sides: the open folder, and a tree for each open board. */
export class Files {
  folder = $state.raw<Folder | null>(null);
  folderTree = $state.raw<Tree | null>(null);
  readonly #boardTrees = new SvelteMap<string, Tree>();
  readonly #host: Host;
  /** Called after a path moved or went away by our own doing. */
  onmoved: (place: Place, from: string, to: string) => void = () => undefined;
  onremoved: (place: Place, path: string) => void = () => undefined;
  /** Called before another folder takes the place of the open one. */
  onfolder: () => void = () => undefined;

  constructor(host: Host) {
    this.#host = host;
  }

  /** The tree of an open board, made when it is first asked for. */
  ensureBoard(board: string): Tree {
    const known = this.#boardTrees.get(board);
    if (known) return known;
    const made = new Tree(this.#host, onBoard(board));
    this.#boardTrees.set(board, made);
    return made;
  }

  boardTree(board: string | null): Tree | null {
    return board === null ? null : (this.#boardTrees.get(board) ?? null);
  }

  dropBoard(board: string): void {
    this.#boardTrees.delete(board);
  }

  tree(place: Place): Tree | null {
    return place.side === 'folder' ? this.folderTree : this.boardTree(place.board);
  }

  /** Takes over the folder that was open last time. */
  async loadFolder(): Promise<void> {
    await this.#useFolder(await this.#host.call('folder_current', {}));
  }

  /** Lets the person choose a folder. False when another one was not chosen: then the answer is the one there was. */
  async chooseFolder(): Promise<boolean> {
    const folder = await this.#host.call('folder_choose', {});
    if (!folder || folder.shown === this.folder?.shown) return false;
    this.onfolder();
    await this.#useFolder(folder);
    return true;
  }

  /** Creates an empty file and gives its path. Fails with `file-exists` rather than touch what is there. */
  async createFile(place: Place, parent: string, name: string): Promise<string> {
    const path = join(parent, name);
    await this.#host.call('file_write', { place, path, text: '', expect: '', op: null });
    return path;
  }

  async createFolder(place: Place, parent: string, name: string): Promise<string> {
    const path = join(parent, name);
    await this.#host.call('folder_create', { place, path, op: null });
    return path;
  }

  async rename(place: Place, path: string, name: string): Promise<string> {
    const to = join(parentOf(path), name);
    if (to === path) return path;
    await this.#host.call('file_rename', { place, path, to });
    this.onmoved(place, path, to);
    return to;
  }

  async remove(place: Place, path: string, op: string): Promise<void> {
    await this.#host.call('file_remove', { place, path, op });
    this.onremoved(place, path);
  }

  copy(from: Place, path: string, to: Place, toPath: string, overwrite: boolean, op: string): Promise<null> {
    return this.#host.call('file_copy', { from, path, to, toPath, overwrite, op });
  }

  /** Counts what a folder holds. */
  async count(place: Place, folder: string): Promise<Contents> {
    const contents: Contents = { files: 0, bytes: 0, complete: true };
    const waiting = [folder];
    for (let listed = 0; waiting.length > 0; listed += 1) {
      if (listed >= COUNT_FOLDERS) return { ...contents, complete: false };
      const path = waiting.shift() as string;
      const entries: FileEntry[] = await this.#host.call('files_list', { place, path, op: null });
      for (const entry of entries) {
        if (entry.folder) waiting.push(entry.path);
        else {
          contents.files += 1;
          contents.bytes += entry.size ?? 0;
        }
      }
    }
    return contents;
  }

  async #useFolder(folder: Folder | null): Promise<void> {
    this.folder = folder;
    this.folderTree = folder ? new Tree(this.#host, FOLDER) : null;
    await this.folderTree?.refresh();
  }
}
