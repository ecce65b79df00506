import type { Diagnosis } from '../bindings/Diagnosis';
import type { DiagnosisRemedy } from '../bindings/DiagnosisRemedy';
import type { App } from '../state/app.svelte';
import { remedySentence, remedyText } from './words';

/** What changes this computer or a board's files is shown before it is done. */
const ASKS_FIRST = ['install-udev-rule', 'join-group', 'rescue'];

/** What leads to a connection when it has worked. */
const CONNECTS = ['bypass-proxy', 'use-tunnel', 'switch-to-wss', 'switch-to-ws', 'free-webrepl-over-usb', 'start-webrepl-over-usb'];

/** Does what a remedy's button says. */
export async function perform(app: App, diagnosis: Diagnosis, remedy: DiagnosisRemedy): Promise<void> {
  const { target } = diagnosis;
  const { action } = remedy;
  if (action === null || app.doctor.applying !== null) return;
  switch (action) {
    case 'retry':
      await app.diagnose(target);
      return;
    case 'interrupt-program':
      await app.diagnose(target, true);
      return;
    case 'choose-port':
      app.doctor.close();
      app.view = 'connect';
      return;
    case 'edit-address':
      app.editAddress(named(diagnosis, remedy, 'address') ?? target);
      return;
    case 'ask-over-usb': {
      // The board is opened as any other; the doctor asks the one that is.
      const port = named(diagnosis, remedy, 'ask');
      if (port !== null) await app.boards.connect(`serial:${port}`);
      // Of several that are open this one is meant.
      await app.attempt(() => app.host.call('remedy_apply', { run: diagnosis.run, action }));
      await app.diagnose(target);
      return;
    }
    case 'enter-password':
    case 'proxy-credentials':
    case 'trust-certificate':
      // Connecting asks for what is missing.
      if (target !== null) await helped(app, target);
      return;
    case 'setup-webrepl': {
      const to = await app.dialogs.open('setUp', { run: diagnosis.run });
      if (to !== null) await helped(app, to);
      return;
    }
  }
  if (ASKS_FIRST.includes(action) && !(await agreed(app, remedy))) return;
  app.doctor.applying = action;
  await app.attempt(async () => {
    const other = await app.host.call('remedy_apply', { run: diagnosis.run, action }).finally(() => (app.doctor.applying = null));
    // A remedy may have chosen another way.
    await app.routes.load();
    const to = other ?? target;
    if (!CONNECTS.includes(action) || to === null) await app.diagnose(to);
    else await helped(app, to);
  });
}

/** Connects; when that works, the page behind the editor is looked through again, and shows it. */
async function helped(app: App, target: string): Promise<void> {
  if (!(await app.connect(target))) return;
  app.notices.ok(app.i18n.t.doctor.done);
  void app.attempt(() => app.doctor.start(target));
}

/** A part of what the finding saw to which a remedy belongs. */
function named(diagnosis: Diagnosis, remedy: DiagnosisRemedy, part: string): string | null {
  const finding = diagnosis.checks.flatMap((check) => check.findings).find((found) => found.remedies.includes(remedy));
  return finding?.with[part] ?? null;
}

async function agreed(app: App, remedy: DiagnosisRemedy): Promise<boolean> {
  const { doctor, dialog } = app.i18n.t;
  const { command } = remedy;
  const answer = await app.dialogs.ask({
    title: remedyText(app.i18n, remedy).replace(/…+$/, ''),
    text: [remedySentence(app.i18n, remedy), remedy.action === 'rescue' ? doctor.askRescue : command === null ? doctor.askFirst : doctor.askAdministrator],
    ...(command === null ? {} : { command }),
    choices: [
      { value: 'yes', label: remedy.action === 'rescue' ? doctor.catchIt : doctor.doIt, look: 'primary' },
      ...(command === null ? [] : [{ value: 'copy', label: doctor.copyCommand, look: 'plain' as const }]),
      { value: 'no', label: dialog.cancel, look: 'plain' },
    ],
    escape: 'no',
    testid: 'remedy-question',
  });
  if (answer === 'copy' && command !== null && (await app.attempt(() => navigator.clipboard.writeText(command)))) app.notices.ok(doctor.copied);
  return answer === 'yes';
}
