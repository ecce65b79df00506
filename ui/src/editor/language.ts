import { json } from '@codemirror/lang-json';
import type { Extension } from '@codemirror/state';

import { python } from './python';

/** What a file's name says about its text. Unknown ones are plain. */
export function languageOf(path: string): Extension {
  const name = path.toLowerCase();
  if (/\.pyi?$/.test(name)) return python();
  return name.endsWith('.json') ? json() : [];
}
