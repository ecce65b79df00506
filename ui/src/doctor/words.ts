import type { Diagnosis } from '../bindings/Diagnosis';
import type { DiagnosisCheck } from '../bindings/DiagnosisCheck';
import type { DiagnosisFinding } from '../bindings/DiagnosisFinding';
import type { DiagnosisRemedy } from '../bindings/DiagnosisRemedy';
import type { I18n } from '../i18n/i18n.svelte';
import { doctorActions } from '../i18n/doctor.en';
import { doctorZh } from '../i18n/doctor.zh-CN';
import { sawZh } from '../i18n/doctorSaw.zh-CN';

/** The finding that is the root cause: of those with its code the one that blocks. */
export function rootOf(diagnosis: Diagnosis): DiagnosisFinding | null {
  const all = diagnosis.checks.flatMap((check) => check.findings).filter((finding) => finding.code === diagnosis.cause);
  const order = ['blocks', 'warns', 'suspect', 'remark'];
  return all.sort((a, b) => order.indexOf(a.weight) - order.indexOf(b.weight))[0] ?? null;
}

/** The sentence on top. The backend says it in English; other languages have it by code, with its names filled in. */
export function headline(i18n: I18n, diagnosis: Diagnosis): string {
  const { doctor } = i18n.t;
  if (diagnosis.state === 'cancelled') return doctor.cancelled;
  if (diagnosis.verdict === null) return doctor.looking;
  if (i18n.language === 'en') return diagnosis.summary;
  if (diagnosis.verdict === 'ok') return doctor.allWell;
  const root = rootOf(diagnosis);
  return (root && findingTitle(i18n, root)) ?? doctor.notFound;
}

/** What a finding says in a few words. */
export function findingTitle(i18n: I18n, finding: DiagnosisFinding): string {
  return (i18n.language === 'zh-CN' ? doctorZh.findings[finding.code]?.title(finding.with) : undefined) ?? finding.title;
}

/** Why it matters. */
export function findingWhy(i18n: I18n, finding: DiagnosisFinding): string {
  return (i18n.language === 'zh-CN' ? doctorZh.findings[finding.code]?.why : undefined) ?? finding.why;
}

/** What a button says. Without an action a remedy is a sentence and stays as the backend says it. */
export function remedyText(i18n: I18n, remedy: DiagnosisRemedy): string {
  if (remedy.action === null) return remedy.text;
  const actions = i18n.language === 'zh-CN' ? doctorZh.actions : doctorActions;
  return actions[remedy.action] ?? remedy.text;
}

/** The sentence behind a button, where there is one in the person's language. */
export function remedyHint(i18n: I18n, remedy: DiagnosisRemedy): string {
  if (remedy.action === 'bypass-proxy') return i18n.t.doctor.onlyHere;
  return i18n.language === 'en' && remedy.action !== null ? remedy.text : '';
}

/** What a check saw. */
export function sawWords(i18n: I18n, saw: string): string {
  return i18n.language === 'zh-CN' ? sawZh(saw) : saw;
}

export function checkTitle(i18n: I18n, check: DiagnosisCheck): string {
  return (i18n.language === 'zh-CN' ? doctorZh.checks[check.id] : undefined) ?? check.title;
}
