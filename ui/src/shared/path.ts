/** Paths on both sides are absolute and use `/`; the root is `/`. */

/** The last part: `bme280.py`. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** The folder it is in: `/lib`, `/`. */
export function parentOf(path: string): string {
  const cut = path.lastIndexOf('/');
  return cut <= 0 ? '/' : path.slice(0, cut);
}

/** A name in a folder. */
export function join(folder: string, name: string): string {
  return folder === '/' ? `/${name}` : `${folder}/${name}`;
}

/** Whether `path` is `folder` or lies somewhere in it. */
export function isWithin(path: string, folder: string): boolean {
  return path === folder || folder === '/' || path.startsWith(`${folder}/`);
}

/** `path` after `from` became `to`; itself when it was not concerned. */
export function moved(path: string, from: string, to: string): string {
  return isWithin(path, from) ? to + path.slice(from.length) : path;
}

/** Why a name cannot be a file's name, or null. The backend has the last word; this only spares a round trip. */
export function nameFault(name: string): 'empty' | 'slash' | 'dots' | null {
  if (name.trim() === '') return 'empty';
  if (name.includes('/') || name.includes('\0')) return 'slash';
  if (name === '.' || name === '..') return 'dots';
  return null;
}
