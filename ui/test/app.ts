import { FakeHost } from '../src/host/fake';
import { App } from '../src/state/app.svelte';

/** An app on a fake host, started. */
export async function startApp({ board = true, folder = true } = {}): Promise<{ app: App; host: FakeHost }> {
  const host = new FakeHost({ folder });
  const app = new App(host);
  await app.start();
  if (board) {
    await app.connect(PICO.target);
    await until(() => app.files.boardTree(PICO.id)?.listed === true && app.files.boardTree(PICO.id)?.pending === 0);
  }
  return { app, host };
}

export const PICO = { id: 'usb-e661', target: 'serial:/dev/ttyACM0', place: { side: 'board', board: 'usb-e661' } as const };

/** Waits for something that other tasks bring about; says what it waited for when it never comes. */
export async function until(holds: () => boolean, ms = 10_000): Promise<void> {
  const end = Date.now() + ms;
  while (!holds()) {
    if (Date.now() > end) throw new Error(`waited ${ms} ms in vain for ${String(holds)}`);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

/** Answers the question that is, or is about to be, on the screen. */
export async function answer(app: App, testid: string, value: string): Promise<void> {
  await until(() => app.dialogs.stack.length > 0);
  const top = app.dialogs.stack.at(-1);
  if (top?.kind !== 'question' || top.props.testid !== testid) throw new Error(`not ${testid} but ${JSON.stringify(top?.props)}`);
  if (!top.props.choices.some((choice) => choice.value === value)) throw new Error(`${testid} has no ${value}`);
  top.close(value);
}
