import type { Diagnosis } from '../bindings/Diagnosis';
import type { DiagnosisCheck } from '../bindings/DiagnosisCheck';
import type { DiagnosisFinding } from '../bindings/DiagnosisFinding';
import type { DiagnosisRemedy } from '../bindings/DiagnosisRemedy';
import { doctorActions } from '../i18n/doctor.en';
import { doctorZh } from '../i18n/doctor.zh-CN';
import type { I18n } from '../i18n/i18n.svelte';
import { toZh } from '../i18n/sentences';

const chinese = (i18n: I18n) => i18n.language === 'zh-CN';

/** The finding that is the root cause: of those with its code the one that blocks. */
export function rootOf(diagnosis: Diagnosis): DiagnosisFinding | null {
  const all = diagnosis.checks.flatMap((check) => check.findings).filter((finding) => finding.code === diagnosis.cause);
  const order = ['blocks', 'warns', 'suspect', 'remark'];
  return all.sort((a, b) => order.indexOf(a.weight) - order.indexOf(b.weight))[0] ?? null;
}

/** The sentence on top. The backend says it in English; a sentence that has no translation gives way to the one of its code. */
export function headline(i18n: I18n, diagnosis: Diagnosis): string {
  const { doctor } = i18n.t;
  if (diagnosis.state === 'cancelled') return doctor.cancelled;
  if (diagnosis.verdict === null) return doctor.looking;
  if (!chinese(i18n)) return diagnosis.summary;
  if (diagnosis.verdict === 'ok') {
    const { text, whole } = toZh(diagnosis.summary);
    return whole ? text : doctor.allWell;
  }
  const root = rootOf(diagnosis);
  return root ? findingSaw(i18n, root) : doctor.notFound;
}

/** What a finding says in a few words. */
export function findingTitle(i18n: I18n, finding: DiagnosisFinding): string {
  return (chinese(i18n) ? doctorZh.findings[finding.code]?.title(finding.with).replace(/ (?=[。，])/g, '') : undefined) ?? finding.title;
}

/** What was seen. */
export function findingSaw(i18n: I18n, finding: DiagnosisFinding): string {
  if (!chinese(i18n)) return finding.saw;
  const { text, whole } = toZh(finding.saw);
  return whole ? text : findingTitle(i18n, finding);
}

/** Why it matters. */
export function findingWhy(i18n: I18n, finding: DiagnosisFinding): string {
  if (!chinese(i18n)) return finding.why;
  const { text, whole } = toZh(finding.why);
  return whole ? text : (doctorZh.findings[finding.code]?.why ?? text);
}

/** What a button says, and without an action what to do. */
export function remedyText(i18n: I18n, remedy: DiagnosisRemedy): string {
  if (remedy.action === null) return remedySentence(i18n, remedy);
  const actions = chinese(i18n) ? doctorZh.actions : doctorActions;
  return actions[remedy.action] ?? remedy.text;
}

/** What to do, in a sentence. */
export function remedySentence(i18n: I18n, remedy: DiagnosisRemedy): string {
  return chinese(i18n) ? toZh(remedy.text).text : remedy.text;
}

/** The sentence behind a button. */
export function remedyHint(i18n: I18n, remedy: DiagnosisRemedy): string {
  if (remedy.action === 'bypass-proxy') return i18n.t.doctor.onlyHere;
  return remedy.action === null ? '' : remedySentence(i18n, remedy);
}

/** What a check saw, or waits for. */
export function sawWords(i18n: I18n, saw: string): string {
  return chinese(i18n) ? toZh(saw).text : saw;
}

/** Why that cause and no other. It quotes the titles of findings and checks. */
export function explanation(i18n: I18n, diagnosis: Diagnosis): string {
  if (!chinese(i18n)) return diagnosis.explanation;
  const titles: Record<string, string> = {};
  for (const check of diagnosis.checks) {
    titles[check.title] = checkTitle(i18n, check);
    for (const finding of check.findings) titles[finding.title] = findingTitle(i18n, finding).replace(/。$/, '');
  }
  return toZh(diagnosis.explanation, titles).text;
}

export function checkTitle(i18n: I18n, check: DiagnosisCheck): string {
  return (chinese(i18n) ? doctorZh.checks[check.id] : undefined) ?? check.title;
}
