import type { Host } from './host';
import { TauriHost } from './tauri';

export type { Host } from './host';

/** The desktop where there is one, the scripted fake in a plain browser. The program never loads the fake. */
export async function chooseHost(): Promise<Host> {
  if ('__TAURI_INTERNALS__' in window) return new TauriHost();
  const { FakeHost } = await import('./fake');
  const fake = new FakeHost({ pace: 40 });
  // So that the cable can be pulled from the browser's console: fakeHost.unplug('usb-e661').
  Object.assign(window, { fakeHost: fake });
  return fake;
}
