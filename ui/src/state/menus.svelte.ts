/** An entry of a menu. */
export interface MenuItem {
  label: string;
  /** A second line that says what happens. */
  hint?: string;
  icon?: string;
  shortcut?: string;
  /** Drawn in the colour of deleting. */
  danger?: boolean;
  /** Radio mark; undefined where the entry is no choice. */
  checked?: boolean;
  disabled?: boolean;
  testid?: string;
  run: () => void;
}

export type MenuEntry = MenuItem | 'line' | { head: string };

/** Where a menu hangs: below a button, or at the pointer. */
export interface Anchor {
  left: number;
  right: number;
  top: number;
  bottom: number;
  /** Which edge it lines up with. */
  align: 'start' | 'end';
}

interface OpenMenu {
  label: string;
  entries: MenuEntry[];
  anchor: Anchor;
  owner: HTMLElement | null;
}

/** The one menu that may be open. */
export class Menus {
  current = $state.raw<OpenMenu | null>(null);

  /** Opens below `owner`; the same owner again closes. */
  toggle(owner: HTMLElement, label: string, entries: MenuEntry[], align: 'start' | 'end' = 'start'): void {
    if (this.current?.owner === owner) return this.close();
    const { left, right, top, bottom } = owner.getBoundingClientRect();
    this.current = { label, entries, owner, anchor: { left, right, top, bottom: bottom + 2, align } };
  }

  /** Opens where the pointer is. Focus goes back to `owner`. */
  at(x: number, y: number, owner: HTMLElement | null, label: string, entries: MenuEntry[]): void {
    this.current = { label, entries, owner, anchor: { left: x, right: x, top: y, bottom: y, align: 'start' } };
  }

  /** Closes; focus goes back to what opened it unless something else has taken it. */
  close(giveBack = true): void {
    const owner = this.current?.owner;
    this.current = null;
    if (giveBack && owner?.isConnected) owner.focus();
  }

  isOpenFor(owner: HTMLElement | undefined): boolean {
    return owner !== undefined && this.current?.owner === owner;
  }
}
