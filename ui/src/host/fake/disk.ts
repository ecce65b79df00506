import type { FileEntry } from '../../bindings/FileEntry';
import type { FileText } from '../../bindings/FileText';
import type { FileVersion } from '../../bindings/FileVersion';
import { baseName, isWithin, moved, parentOf } from '../../shared/path';
import { fault } from './errors';

/** A file system in a map: a path has a text, or null where it is a folder. */
export class Disk {
  readonly total: number;
  readonly #nodes = new Map<string, string | null>();
  readonly #versions = new Map<string, number>();
  #next = 1;

  constructor(files: Record<string, string | null>, total = 848_000) {
    this.total = total;
    for (const [path, text] of Object.entries(files)) {
      for (let up = parentOf(path); up !== '/'; up = parentOf(up)) this.#nodes.set(up, null);
      this.#put(path, text);
    }
  }

  get free(): number {
    let used = 0;
    for (const text of this.#nodes.values()) used += text === null ? 0 : size(text);
    return Math.max(0, this.total - used);
  }

  list(folder: string): FileEntry[] {
    if (folder !== '/' && !this.#nodes.has(folder)) throw fault('file-not-found');
    if (folder !== '/' && this.#nodes.get(folder) !== null) throw fault('not-a-folder');
    return [...this.#nodes]
      .filter(([path]) => parentOf(path) === folder)
      .map(([path, text]) => ({
        name: baseName(path),
        path,
        folder: text === null,
        size: text === null ? null : size(text),
      }));
  }

  read(path: string): FileText {
    const text = this.#nodes.get(path);
    if (text === undefined || text === null) throw fault('file-not-found');
    const binary = text.includes('\0');
    return { path, text: binary ? null : text, size: size(text), version: this.#version(path) };
  }

  write(path: string, text: string, expect: string | null): FileVersion {
    const there = this.#nodes.has(path);
    if (expect === '' && there) throw fault('file-exists');
    if (expect && there && expect !== this.#version(path)) throw fault('file-changed');
    if (size(text) > this.free + size(this.#nodes.get(path) ?? '')) throw fault('disk-full', 'OSError: [Errno 28] ENOSPC');
    this.#put(path, text);
    return { version: this.#version(path), size: size(text) };
  }

  makeFolder(path: string): void {
    if (this.#nodes.has(path)) throw fault('file-exists');
    this.#nodes.set(path, null);
  }

  rename(path: string, to: string): void {
    if (!this.#nodes.has(path)) throw fault('file-not-found');
    if (this.#nodes.has(to)) throw fault('file-exists');
    for (const [old, text] of [...this.#nodes]) {
      if (!isWithin(old, path)) continue;
      this.#nodes.delete(old);
      this.#nodes.set(moved(old, path, to), text);
      this.#versions.set(moved(old, path, to), this.#versions.get(old) ?? 0);
    }
  }

  remove(path: string): void {
    if (!this.#nodes.has(path)) throw fault('file-not-found');
    for (const old of [...this.#nodes.keys()]) if (isWithin(old, path)) this.#nodes.delete(old);
  }

  /** Copies a file or a tree to another disk. */
  copy(path: string, to: Disk, toPath: string, overwrite: boolean): void {
    if (!this.#nodes.has(path)) throw fault('file-not-found');
    if (to.#nodes.has(toPath) && !overwrite) throw fault('file-exists');
    for (const [old, text] of this.#nodes) if (isWithin(old, path)) to.#put(moved(old, path, toPath), text);
  }

  has(path: string): boolean {
    return this.#nodes.has(path);
  }

  #put(path: string, text: string | null): void {
    this.#nodes.set(path, text);
    this.#versions.set(path, this.#next++);
  }

  #version(path: string): string {
    return `v${this.#versions.get(path) ?? 0}`;
  }
}

function size(text: string): number {
  return new TextEncoder().encode(text).length;
}
