import { describe, expect, it } from 'vitest';

import type { Diagnosis } from '../bindings/Diagnosis';
import type { Host } from '../host/host';
import { Doctor } from './doctor.svelte';

const begun = { run: 7, target: 'COM3', state: 'running' } as Diagnosis;
const done = { ...begun, state: 'done' } as Diagnosis;

describe('the doctor of the window', () => {
  it('keeps what was told before the answer', async () => {
    const doctor: Doctor = new Doctor({
      call: () => {
        doctor.hear(done);
        return Promise.resolve(begun);
      },
    } as unknown as Host);
    await doctor.start('COM3');
    expect(doctor.shown).toBe(done);
  });
});
