import type { Place } from '../bindings/Place';

/** What is being dragged. `dataTransfer` hides its content until the drop, so where it may be dropped is decided by this. */
class Drag {
  held = $state.raw<{ place: Place; path: string } | null>(null);
  /** The folder the pointer is over: `board:id /lib`. */
  over = $state<string | null>(null);

  end(): void {
    this.held = null;
    this.over = null;
  }
}

/** The one drag that a pointer can do. */
export const drag = new Drag();
