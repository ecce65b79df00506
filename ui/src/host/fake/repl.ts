import type { Exception } from '../../bindings/Exception';

/** A prompt that understands very little: sums, names, `print`, and a few programs. */
export class Repl {
  #line = '';
  readonly #names = new Map<string, string>();
  readonly #print: (text: string) => void;

  constructor(print: (text: string) => void) {
    this.#print = print;
  }

  /** What a freshly reset board says. */
  banner(machine: string, version: string): void {
    this.#print(`MicroPython v${version} on 2026-10-02; ${machine}\r\nType "help()" for more information.\r\n>>> `);
  }

  prompt(): void {
    this.#line = '';
    this.#print('>>> ');
  }

  /** Takes what was typed and echoes it, as a board does. */
  type(data: string): void {
    for (const key of data) {
      if (key === '\r' || key === '\n') {
        this.#print('\r\n');
        const answer = this.#evaluate(this.#line.trim());
        if (answer !== '') this.#print(`${answer}\r\n`);
        this.prompt();
      } else if (key === '\x7f') {
        if (this.#line !== '') this.#print('\b \b');
        this.#line = this.#line.slice(0, -1);
      } else if (key === '\x03') {
        this.#print('\r\n');
        this.prompt();
      } else if (key >= ' ') {
        this.#line += key;
        this.#print(key);
      }
    }
  }

  #evaluate(line: string): string {
    if (line === '') return '';
    const assigned = /^(\w+)\s*=\s*(.+)$/.exec(line);
    if (assigned?.[1] && assigned[2]) {
      this.#names.set(assigned[1], this.#evaluate(assigned[2]));
      return '';
    }
    const printed = /^print\((.*)\)$/.exec(line);
    if (printed?.[1] !== undefined) return this.#evaluate(printed[1]).replace(/^'|'$/g, '');
    if (/^(['"]).*\1$/.test(line)) return `'${line.slice(1, -1)}'`;
    const sum = /^(\d+)\s*([+*-])\s*(\d+)$/.exec(line);
    if (sum) {
      const [a, b] = [Number(sum[1]), Number(sum[3])];
      return String(sum[2] === '+' ? a + b : sum[2] === '-' ? a - b : a * b);
    }
    if (/^\d+(\.\d+)?$/.test(line)) return line;
    const known = this.#names.get(line);
    if (known !== undefined) return known;
    return `Traceback (most recent call last):\r\n  File "<stdin>", line 1, in <module>\r\nNameError: name '${line.split(/\W/)[0]}' isn't defined`;
  }
}

/** What a program does, found by looking at it. */
export interface Script {
  output: string[];
  endless: boolean;
  exception: Exception | null;
}

/** Reads a program: `print("…")` prints, `while True` never ends, `raise X("…")` raises. */
export function readScript(name: string, code: string): Script {
  const script: Script = { output: [], endless: false, exception: null };
  for (const [index, line] of code.split('\n').entries()) {
    const printed = /^\s*print\((["'])(.*)\1\)/.exec(line);
    if (printed) script.output.push(printed[2] ?? '');
    if (/^\s*while (True|1):/.test(line)) script.endless = true;
    const raised = /^\s*raise (\w+)\((?:(["'])(.*)\2)?\)/.exec(line);
    if (raised?.[1]) {
      const message = raised[3] ?? '';
      const last = message === '' ? raised[1] : `${raised[1]}: ${message}`;
      const traceback = `Traceback (most recent call last):\r\n  File "${name}", line ${index + 1}, in <module>\r\n${last}`;
      script.exception = { kind: raised[1], message, traceback, line: index + 1 };
      break;
    }
  }
  return script;
}
