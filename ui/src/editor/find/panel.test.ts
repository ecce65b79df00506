import { EditorView } from '@codemirror/view';
import { flushSync } from 'svelte';
import { afterEach, describe, expect, it, vi } from 'vitest';

import { EditorDoc } from '../doc.svelte';
import { editorWords } from '../words';
import { openReplace } from './panel.svelte';

/** Waits as long as a busy machine needs. */
const until = (check: () => void) => vi.waitFor(check, { timeout: 15_000 });

let doc: EditorDoc;
let view: EditorView;

function open(text: string) {
  const nothing = () => undefined;
  doc = new EditorDoc('a.py', text);
  const parent = document.body.appendChild(document.createElement('div'));
  doc.attach(parent, { onchange: nothing, onsave: nothing, onrun: nothing, oncursor: nothing });
  view = EditorView.findFromDOM(parent)!;
  openReplace(view);
  flushSync();
}

const field = (label: string) => view.dom.querySelector<HTMLInputElement>(`[aria-label="${label}"]`)!;
const result = () => view.dom.querySelector('[role="status"]')?.textContent;
const selected = () => view.state.sliceDoc(view.state.selection.main.from, view.state.selection.main.to);

function enter(label: string, text: string) {
  const input = field(label);
  input.value = text;
  input.dispatchEvent(new InputEvent('input', { bubbles: true }));
  flushSync();
}

function press(label: string) {
  field(label).click();
  flushSync();
}

afterEach(() => {
  doc.detach();
  document.body.replaceChildren();
});

describe('the find panel', () => {
  it('goes to the first match from the cursor on, round the end, and counts', async () => {
    open('one two\none three\n');
    doc.goTo(2, 2);
    enter('Find', 'one');
    expect(selected()).toBe('one');
    expect(view.state.selection.main.from).toBe(0);
    await until(() => expect(result()).toBe('1 of 2'));
    press('Next match (Enter)');
    expect(view.state.selection.main.from).toBe(8);
    await until(() => expect(result()).toBe('2 of 2'));
    enter('Find', 'nowhere');
    await until(() => expect(result()).toBe('Not found'));
  });

  it('minds case, whole words and expressions', async () => {
    open('Pin pin pins p1n\n');
    enter('Find', 'pin');
    await until(() => expect(result()).toBe('1 of 3'));
    press('Match case');
    await until(() => expect(result()).toMatch(/ of 2$/));
    press('Whole words');
    await until(() => expect(result()).toMatch(/ of 1$/));
    press('Regular expression');
    enter('Find', 'p[i');
    await until(() => expect(result()).toBe('Unfinished expression'));
    enter('Find', 'p\\dn');
    await until(() => expect(result()).toBe('1 of 1'));
  });

  it('replaces one, all, and takes a backslash for a backslash', () => {
    open('a b a b a\n');
    enter('Find', 'a');
    enter('Replace with', '\\n');
    [...view.dom.querySelectorAll('button')].find((button) => button.textContent === 'Replace')!.click();
    expect(doc.text()).toBe('\\n b a b a\n');
    [...view.dom.querySelectorAll('button')].find((button) => button.textContent === 'Replace all')!.click();
    expect(doc.text()).toBe('\\n b \\n b \\n\n');
  });

  it('speaks another language as soon as the window does', () => {
    open('a');
    doc.setWords(editorWords['zh-CN']);
    flushSync();
    expect(field('查找')).not.toBeNull();
    expect(field('替换为')).not.toBeNull();
  });
});
