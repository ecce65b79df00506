import { SvelteMap } from 'svelte/reactivity';

import type { Progress } from '../bindings/Progress';
import type { Host } from '../host/host';

/** Work that is going on and can be cancelled. */
export interface Operation {
  /** The id that stands in the request. */
  id: string;
  /** What is being done: "Copying main.py". */
  label: string;
  /** When it began, in milliseconds since 1970. */
  since: number;
  /** Where it stands, once it said so. */
  progress: Progress | null;
  /** Set when somebody asked to cancel it. */
  cancelling: boolean;
}

/** The operations under way, newest last. */
export class Operations {
  readonly all = new SvelteMap<string, Operation>();
  readonly current = $derived([...this.all.values()].at(-1) ?? null);
  readonly #host: Host;
  #next = 1;

  constructor(host: Host) {
    this.#host = host;
  }

  /** Does `work` under an id of its own and shows it until it ends, whichever way. */
  async during<T>(label: string, work: (op: string) => Promise<T>): Promise<T> {
    const id = `op-${this.#next++}`;
    this.all.set(id, { id, label, since: Date.now(), progress: null, cancelling: false });
    try {
      return await work(id);
    } finally {
      this.all.delete(id);
    }
  }

  /** Hears a progress event. One that comes after the answer, or of a stranger, changes nothing. */
  hear(progress: Progress): void {
    const known = this.all.get(progress.op);
    if (known) this.all.set(progress.op, { ...known, progress });
  }

  /** Asks for the end of an operation; its own promise then rejects with `cancelled`. */
  async cancel(id: string): Promise<void> {
    const known = this.all.get(id);
    if (!known || known.cancelling) return;
    this.all.set(id, { ...known, cancelling: true });
    await this.#host.call('op_cancel', { op: id });
  }
}

/** Bytes per second and milliseconds left, once there is enough to go by. */
export function pace(operation: Operation, now: number): { rate: number; left: number | null } | null {
  const elapsed = now - operation.since;
  const progress = operation.progress;
  if (!progress || progress.done === 0 || elapsed < 500) return null;
  const rate = (progress.done / elapsed) * 1000;
  const left = progress.total === null ? null : ((progress.total - progress.done) / rate) * 1000;
  return { rate, left };
}
