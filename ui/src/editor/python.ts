import type { Completion, CompletionContext, CompletionResult } from '@codemirror/autocomplete';
import { completeAnyWord } from '@codemirror/autocomplete';
import { localCompletionSource, pythonLanguage } from '@codemirror/lang-python';
import { LanguageSupport, syntaxTree } from '@codemirror/language';
import { type Extension, RangeSetBuilder } from '@codemirror/state';
import { Decoration, type DecorationSet, type EditorView, ViewPlugin, type ViewUpdate } from '@codemirror/view';

import { styleTags, tags } from '@lezer/highlight';

import { BUILTINS, KEYWORDS, MEMBERS, MODULES } from './names';

/** Between the braces of an f-string nothing is a keyword, and neither is the star of `*args`. */
const language = pythonLanguage.configure({
  props: [styleTags({ 'FormatConversion FormatSpec "*" "**"': tags.operator })],
});

/** Python as MicroPython has it: highlighting, and words to complete. */
export function python(): Extension {
  const others = [completeMember, completeName, localCompletionSource, completeAnyWord].map(notInImport);
  const completions = [completeImport, ...others];
  return [
    new LanguageSupport(
      language,
      completions.map((source) => language.data.of({ autocomplete: notInText(source) })),
    ),
    builtinNames,
  ];
}

type Source = (context: CompletionContext) => CompletionResult | Promise<CompletionResult | null> | null;

/** Prose is nobody's name: nothing is offered in strings and comments. */
function notInText(source: Source): Source {
  return (context) => {
    const node = syntaxTree(context.state).resolveInner(context.pos, -1);
    return /^(String|FormatString|Comment)$/.test(node.name) ? null : source(context);
  };
}

/** After `import` only what can be imported is offered. */
function notInImport(source: Source): Source {
  return (context) => (completeImport(context) ? null : source(context));
}

const options = (labels: Iterable<string>, type: string): Completion[] =>
  [...labels].map((label) => ({ label, type }));

const NAMES = [...options(BUILTINS, 'function'), ...options(KEYWORDS, 'keyword')];
const MODULE_NAMES = options(MODULES, 'namespace');
const WORD = /^\w*$/;

/** `import ma`, `from ma`, and `from machine import P`. */
function completeImport(context: CompletionContext): CompletionResult | null {
  const before = context.matchBefore(/^\s*(from|import)\s[^#]*/);
  if (!before) return null;
  const from = context.matchBefore(/\w*$/)?.from ?? context.pos;
  const module = /^\s*from\s+(\w+)\s+import\s/.exec(before.text)?.[1];
  const members = module === undefined ? undefined : MEMBERS[module];
  if (members) return { from, options: options(members, 'variable'), validFor: WORD };
  return module === undefined && /(from|import|,)\s+\w*$/.test(before.text)
    ? { from, options: MODULE_NAMES, validFor: WORD }
    : null;
}

/** `machine.P`. */
function completeMember(context: CompletionContext): CompletionResult | null {
  const before = context.matchBefore(/(?<![\w.])\w+\.\w*$/);
  if (!before) return null;
  const dot = before.text.indexOf('.');
  const members = MEMBERS[before.text.slice(0, dot)];
  return members ? { from: before.from + dot + 1, options: options(members, 'variable'), validFor: WORD } : null;
}

function completeName(context: CompletionContext): CompletionResult | null {
  const before = context.matchBefore(/(?<![\w.])\w+$/);
  if (!before && !context.explicit) return null;
  if (context.matchBefore(/\.\w*$/)) return null;
  return { from: before?.from ?? context.pos, options: NAMES, validFor: WORD };
}

const builtin = Decoration.mark({ class: 'cm-builtin' });
/** `Pin(`, `I2C(`, `BME280(`: a class being made into an object. `TARGET_C` is a constant. */
const CLASS_LIKE = /^[A-Z][A-Za-z0-9]*$/;

/** The colour of built-in names and of classes that are called; the grammar knows no names. Only in what shows. */
const builtinNames = ViewPlugin.fromClass(
  class {
    decorations: DecorationSet;

    constructor(view: EditorView) {
      this.decorations = findBuiltins(view);
    }

    update(update: ViewUpdate) {
      const parsed = syntaxTree(update.startState) !== syntaxTree(update.state);
      if (update.docChanged || update.viewportChanged || parsed) this.decorations = findBuiltins(update.view);
    }
  },
  { decorations: (plugin) => plugin.decorations },
);

function findBuiltins(view: EditorView): DecorationSet {
  const found = new RangeSetBuilder<Decoration>();
  for (const { from, to } of view.visibleRanges) {
    syntaxTree(view.state).iterate({
      from,
      to,
      enter: (node) => {
        if (node.name !== 'VariableName' || node.to - node.from > 40) return;
        const name = view.state.sliceDoc(node.from, node.to);
        const parent = node.node.parent;
        // `def min(…)` and `f(id=1)` give the name a meaning of their own.
        if (parent && /^(FunctionDefinition|ClassDefinition|ParamList)$/.test(parent.name)) return;
        if (parent?.name === 'ArgList' && node.node.nextSibling?.name === 'AssignOp') return;
        const called = parent?.name === 'CallExpression' && parent.firstChild?.from === node.from;
        if (BUILTINS.has(name) || (called && CLASS_LIKE.test(name))) found.add(node.from, node.to, builtin);
      },
    });
  }
  return found.finish();
}
