import type { Place } from '../bindings/Place';

/** One way to answer a question. */
export interface Choice {
  value: string;
  label: string;
  look?: 'primary' | 'danger' | 'plain';
}

/** A question with its answers in words. */
export interface Question {
  title: string;
  /** One paragraph each. */
  text: string[];
  /** Names of what it is about, listed. */
  list?: string[];
  /** What will be run, in full. */
  command?: string;
  /** Evidence, folded. */
  detail?: string;
  /** The last one has the focus's way out: it is what Esc answers. */
  choices: Choice[];
  /** The answer of Esc. */
  escape: string;
  testid: string;
}

/** Where to save a text. */
export interface SaveTarget {
  place: Place;
  path: string;
}

/** The kinds of dialog: what each is told and what it answers. */
export interface Kinds {
  question: { props: Question; answer: string };
  saveAs: { props: { name: string; place: Place | null; folder: string }; answer: SaveTarget | null };
  rename: { props: { name: string }; answer: string | null };
  /** An address of a proxy, for one board or for all. */
  proxy: { props: { target: string | null; address: string }; answer: null };
  /** WebREPL set up over USB, for a diagnosis; gives the target to connect to. */
  setUp: { props: { run: number }; answer: string | null };
  info: { props: { board: string }; answer: null };
  settings: { props: Record<string, never>; answer: null };
  about: { props: Record<string, never>; answer: null };
}

/** A dialog that is shown. */
export type OpenDialog = {
  [K in keyof Kinds]: { id: number; kind: K; props: Kinds[K]['props']; close: (answer: Kinds[K]['answer']) => void };
}[keyof Kinds];

/** The modal dialogs, the topmost last. */
export class Dialogs {
  stack = $state.raw<OpenDialog[]>([]);
  #next = 1;

  /** Shows a dialog and waits for its answer. */
  open<K extends keyof Kinds>(kind: K, props: Kinds[K]['props']): Promise<Kinds[K]['answer']> {
    return new Promise((resolve) => {
      const id = this.#next++;
      const close = (answer: Kinds[K]['answer']) => {
        this.stack = this.stack.filter((open) => open.id !== id);
        resolve(answer);
      };
      this.stack = [...this.stack, { id, kind, props, close } as OpenDialog];
    });
  }

  /** Asks a question and gives the value of the answer. */
  ask(question: Question): Promise<string> {
    return this.open('question', question);
  }
}
