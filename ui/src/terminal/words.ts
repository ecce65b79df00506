import { findWords, type FindWords } from '../editor/find/words';

/** What the terminal says. */
export interface TerminalWords {
  label: string;
  find: FindWords;
  newBelow: string;
  /** What an empty pane says. */
  empty: string;
  cancel: string;
  paste: string;
  /** The question before many lines go into a running program. */
  askPaste(lines: number, program: string | null): string;
  tooLong: string;
  close: string;
}

export const terminalWords: Record<'en' | 'zh-CN', TerminalWords> = {
  en: {
    label: 'Terminal',
    find: findWords.en,
    newBelow: 'New output below',
    empty: 'What the board prints appears here.',
    cancel: 'Cancel',
    paste: 'Paste',
    askPaste: (lines, program) =>
      `${program ?? 'A program'} is running and will read ${lines} lines as if they were typed.`,
    tooLong: 'That is too long to paste. Save it as a file and run it instead.',
    close: 'Close',
  },
  'zh-CN': {
    label: '终端',
    find: findWords['zh-CN'],
    newBelow: '下方有新输出',
    empty: '开发板的输出会显示在这里。',
    cancel: '取消',
    paste: '粘贴',
    askPaste: (lines, program) => `${program ?? '程序'}正在运行，会把这 ${lines} 行当作输入读取。`,
    tooLong: '内容太长，无法粘贴。请保存为文件后运行。',
    close: '关闭',
  },
};
