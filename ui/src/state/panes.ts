/**
 * The editor and the terminal are two thirds of all the code. The window is painted without them; they are fetched
 * right after, before a person can have asked for either.
 */
const load = () => import('./heavy');

let loading: ReturnType<typeof load> | null = null;

/** The editor and the terminal, fetched once. */
export function panes(): ReturnType<typeof load> {
  loading ??= load();
  return loading;
}

export type Panes = Awaited<ReturnType<typeof load>>;
