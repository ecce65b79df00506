import type { Host } from './host';
import { TauriHost } from './tauri';

export type { Host } from './host';

/** The desktop where there is one, the scripted fake in a plain browser. The program never loads the fake. */
export async function chooseHost(): Promise<Host> {
  if ('__TAURI_INTERNALS__' in window) return new TauriHost();
  const { FakeHost } = await import('./fake');
  return new FakeHost({ pace: 40 });
}
