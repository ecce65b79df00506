import { indentLess, redo, undo } from '@codemirror/commands';
import { runScopeHandlers, EditorView } from '@codemirror/view';
import { afterEach, describe, expect, it } from 'vitest';

import { EditorDoc, type DocHooks } from './doc.svelte';

let doc: EditorDoc;
let view: EditorView;
let heard: string[];

function show(path: string, text: string) {
  doc?.detach();
  doc = new EditorDoc(path, text);
  attach();
}

function attach() {
  heard = [];
  const hooks: DocHooks = {
    onchange: () => heard.push('change'),
    onsave: () => heard.push('save'),
    onrun: () => heard.push('run'),
    oncursor: (line, col) => heard.push(`${line}:${col}`),
  };
  const parent = document.body.appendChild(document.createElement('div'));
  doc.attach(parent, hooks);
  view = EditorView.findFromDOM(parent)!;
}

/** Types as a keyboard does: keys with a meaning go to the key map, the others to the text. */
function type(keys: string) {
  for (const key of keys) {
    const name = { '\n': 'Enter', '\t': 'Tab', '\b': 'Backspace' }[key];
    if (name && press(name)) continue;
    const { from, to } = view.state.selection.main;
    const insert = () => view.state.update(view.state.replaceSelection(key), { userEvent: 'input.type', scrollIntoView: true });
    const handlers = view.state.facet(EditorView.inputHandler);
    if (!handlers.some((handler) => handler(view, from, to, key, insert))) view.dispatch(insert());
  }
}

function press(key: string, modifiers: KeyboardEventInit = {}): boolean {
  return runScopeHandlers(view, new KeyboardEvent('keydown', { key, ...modifiers }), 'editor');
}

const end = () => view.dispatch({ selection: { anchor: view.state.doc.length } });

afterEach(() => {
  doc.detach();
  document.body.replaceChildren();
});

describe('EditorDoc', () => {
  it('gives back a text as it came', () => {
    for (const text of ['', 'a', 'a\n', 'a\r\nb\r\n', 'a\r\nb\nc\r', '\n\n', '\ufeffa\n']) {
      doc = new EditorDoc('a.py', text);
      expect(doc.text()).toBe(text);
    }
  });

  it('ends new lines as the file does', () => {
    show('a.txt', 'a\r\nb\r\n');
    end();
    type('c\nd');
    expect(doc.text()).toBe('a\r\nb\r\nc\r\nd');
    show('a.txt', 'a\r\nb\nc');
    end();
    type('\nd');
    expect(doc.text()).toBe('a\r\nb\nc\nd');
  });

  it('is unsaved exactly while it differs', () => {
    show('a.py', 'a');
    expect(doc.unsaved).toBe(false);
    end();
    type('b');
    expect(doc.unsaved).toBe(true);
    undo(view);
    expect(doc.unsaved).toBe(false);
    type('c');
    doc.markSaved();
    expect(doc.unsaved).toBe(false);
    undo(view);
    expect(doc.unsaved).toBe(true);
    redo(view);
    expect(doc.unsaved).toBe(false);
    expect(doc.text()).toBe('ac');
  });

  it('is unsaved when only its line ends changed', () => {
    doc = new EditorDoc('a.py', 'a\nb\n');
    doc.setText('a\r\nb\r\n');
    expect(doc.text()).toBe('a\r\nb\r\n');
    expect(doc.unsaved).toBe(true);
  });

  it('keeps undo and the cursor when the view goes and comes back', () => {
    show('a.py', 'a\nb\n');
    doc.goTo(2, 2);
    type('x');
    doc.detach();
    doc.setText('zero\n' + doc.text());
    attach();
    expect(heard).toEqual(['3:3']);
    undo(view);
    undo(view);
    expect(doc.text()).toBe('a\nb\n');
  });

  it('goes to a line, or to the nearest there is', () => {
    show('a.py', 'one\ntwo\nthree');
    doc.goTo(2, 3);
    doc.goTo(99, 99);
    doc.goTo(-1, -1);
    doc.goTo(Number.NaN);
    expect(heard).toEqual(['1:1', '2:3', '3:6', '1:1', '1:1']);
  });

  it('saves and runs once, and leaves the window its keys', () => {
    show('a.py', '');
    heard = [];
    press('s', { ctrlKey: true });
    press('F5');
    expect(heard).toEqual(['save', 'run']);
    for (const [key, modifiers] of [['F6', {}], ['P', { ctrlKey: true, shiftKey: true }], ['p', { ctrlKey: true }], ['F5', { shiftKey: true }]] as const) {
      expect([key, press(key, modifiers)]).toEqual([key, false]);
    }
  });

  it('marks a line, which moves with its text', () => {
    show('a.py', 'one\ntwo\n');
    doc.setErrorLine(2);
    const marked = () => view.dom.querySelector('.cm-lineNumbers .cm-error-line')?.textContent;
    expect(marked()).toBe('2');
    view.dispatch({ changes: { from: 0, insert: 'zero\n' } });
    expect(marked()).toBe('3');
    doc.setErrorLine(null);
    expect(marked()).toBeUndefined();
    doc.setErrorLine(1000);
    expect(marked()).toBeUndefined();
  });

  it('opens a megabyte at once', () => {
    const text = 'print("temperature", 21.5)  # a line like many\n'.repeat(22_000);
    const start = performance.now();
    show('a.py', text);
    end();
    type('x');
    expect(performance.now() - start).toBeLessThan(2000);
    expect(doc.text()).toBe(`${text}x`);
  });
});

describe('Python in the editor', () => {
  it('keeps the indentation and deepens it after a colon', () => {
    show('a.py', '');
    type('def f(a):\nif a:\nreturn 1\n');
    expect(doc.text()).toBe('def f(a):\n    if a:\n        return 1\n        ');
    type('else:\npass');
    expect(doc.text()).toBe('def f(a):\n    if a:\n        return 1\n    else:\n        pass');
  });

  it('indents as the file does', () => {
    show('a.py', 'if a:\n  b\n');
    end();
    type('if c:\nd');
    expect(doc.text()).toBe('if a:\n  b\nif c:\n  d');
    show('a.py', 'if a:\n\tb\n');
    end();
    type('if c:\nd\te');
    expect(doc.text()).toBe('if a:\n\tb\nif c:\n\td\te');
  });

  it('types up to the next stop with Tab and goes back one with Backspace', () => {
    show('a.py', 'ab');
    end();
    type('\tc');
    expect(doc.text()).toBe('ab  c');
    show('a.py', '        ');
    end();
    type('\b');
    expect(doc.text()).toBe('    ');
  });

  it('indents and dedents what is selected', () => {
    show('a.py', 'a\nb');
    view.dispatch({ selection: { anchor: 0, head: 3 } });
    type('\t');
    expect(doc.text()).toBe('    a\n    b');
    indentLess(view);
    expect(doc.text()).toBe('a\nb');
  });

  it('closes brackets and quotes, and types over them', () => {
    show('a.py', '');
    type('print("a"');
    expect(doc.text()).toBe('print("a")');
    type(')');
    expect(doc.text()).toBe('print("a")');
  });

  it('comments lines out and in', () => {
    show('a.py', 'a\nb');
    view.dispatch({ selection: { anchor: 0, head: 3 } });
    press('/', { ctrlKey: true });
    expect(doc.text()).toBe('# a\n# b');
    press('/', { ctrlKey: true });
    expect(doc.text()).toBe('a\nb');
  });

  it('colours keywords, built-in names and classes that are called, but no constants', () => {
    show('a.py', 'def f():\n    x = Pin(LED)\n    print(x)\n');
    const builtins = [...view.dom.querySelectorAll('.cm-builtin')].map((element) => element.textContent);
    expect(builtins).toEqual(['Pin', 'print']);
  });
});
