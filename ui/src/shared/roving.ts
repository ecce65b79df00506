import type { Attachment } from 'svelte/attachments';

interface Options {
  /** What the arrows go to. */
  items: string;
  axis: 'horizontal' | 'vertical';
}

/** One tab stop for a group of controls; arrows, Home and End move inside (WAI-ARIA toolbar and tab list). */
export function roving({ items, axis }: Options): Attachment<HTMLElement> {
  return (group) => {
    let current: HTMLElement | null = null;
    const all = () => [...group.querySelectorAll<HTMLElement>(items)].filter((item) => !item.matches(':disabled'));

    const settle = () => {
      const now = all();
      if (!current || !now.includes(current)) {
        current = now.find((item) => item.ariaSelected === 'true' || item.ariaChecked === 'true') ?? now[0] ?? null;
      }
      for (const item of now) {
        const wanted = item === current ? 0 : -1;
        if (item.tabIndex !== wanted) item.tabIndex = wanted;
      }
    };
    const focused = (event: FocusEvent) => {
      const item = (event.target as HTMLElement).closest<HTMLElement>(items);
      if (!item) return;
      current = item;
      settle();
    };
    const pressed = (event: KeyboardEvent) => {
      const now = all();
      const index = now.findIndex((item) => item === document.activeElement);
      if (index < 0 || event.altKey || event.ctrlKey || event.metaKey) return;
      const [back, forth] = axis === 'horizontal' ? ['ArrowLeft', 'ArrowRight'] : ['ArrowUp', 'ArrowDown'];
      const to =
        event.key === back ? index - 1 : event.key === forth ? index + 1 : event.key === 'Home' ? 0 : event.key === 'End' ? -1 : null;
      if (to === null) return;
      event.preventDefault();
      now.at(to % now.length)?.focus();
    };

    settle();
    const watch = new MutationObserver(settle);
    watch.observe(group, { childList: true, subtree: true, attributes: true, attributeFilter: ['aria-selected', 'disabled'] });
    group.addEventListener('focusin', focused);
    group.addEventListener('keydown', pressed);
    return () => {
      watch.disconnect();
      group.removeEventListener('focusin', focused);
      group.removeEventListener('keydown', pressed);
    };
  };
}
