import type { Diagnosis } from '../bindings/Diagnosis';
import type { Host } from '../host/host';

/** Diagnoses, the newest of each target, and which one the main area shows. */
export class Doctor {
  all = $state.raw<Diagnosis[]>([]);
  /** The target that is shown; `undefined` when the doctor's page is closed. `null` is "all ports". */
  target = $state<string | null | undefined>(undefined);
  readonly shown = $derived(this.all.find((one) => one.target === this.target) ?? null);
  /** What a button is doing at the moment. */
  applying = $state<string | null>(null);
  readonly #host: Host;

  constructor(host: Host) {
    this.#host = host;
  }

  /** Takes a diagnosis as it comes: a later run of the same target takes the place of the earlier. */
  hear(diagnosis: Diagnosis): void {
    const known = this.all.find((one) => one.target === diagnosis.target);
    if (known && known.run > diagnosis.run) return;
    this.all = [...this.all.filter((one) => one !== known), diagnosis];
  }

  /** Looks at a target and shows it. */
  async start(target: string | null, mayInterrupt = false): Promise<void> {
    this.target = target;
    const diagnosis = await this.#host.call('doctor_start', { target, mayInterrupt });
    // A quick diagnosis is told as an event before the answer that it has begun.
    if (!this.all.some((one) => one.target === diagnosis.target && one.run >= diagnosis.run)) this.hear(diagnosis);
    this.target = diagnosis.target;
  }

  /** Stops looking. */
  async cancel(diagnosis: Diagnosis): Promise<void> {
    if (diagnosis.state === 'running') await this.#host.call('doctor_cancel', { run: diagnosis.run });
  }

  /** The report as text, without secrets and personal paths. */
  report(diagnosis: Diagnosis): Promise<string> {
    return this.#host.call('doctor_report', { run: diagnosis.run });
  }

  /** Shows what is known of a target already. */
  show(target: string): void {
    this.target = target;
  }

  /** Forgets a target; a search under way ends. */
  forget(target: string): void {
    if (this.target === target) this.target = undefined;
    const known = this.all.find((one) => one.target === target);
    this.all = this.all.filter((one) => one !== known);
    if (known) void this.cancel(known).catch(() => undefined);
  }

  close(): void {
    const { shown } = this;
    this.target = undefined;
    if (shown) void this.cancel(shown).catch(() => undefined);
  }
}
