import type { Place } from '../bindings/Place';

/** Whether two places are the same side of the same thing. */
export function samePlace(a: Place, b: Place): boolean {
  return placeKey(a) === placeKey(b);
}

/** A key for maps: `folder`, `board:usb-…`. */
export function placeKey(place: Place): string {
  return place.side === 'folder' ? 'folder' : `board:${place.board}`;
}

export const FOLDER: Place = { side: 'folder' };

export function onBoard(board: string): Place {
  return { side: 'board', board };
}
