/** What the find bar says. */
export interface FindWords {
  find: string;
  replace: string;
  previous: string;
  next: string;
  matchCase: string;
  wholeWord: string;
  regex: string;
  close: string;
  showReplace: string;
  replaceOne: string;
  replaceAll: string;
  none: string;
  badRegex: string;
  /** `index` is from 1; null when there are too many to number. */
  count(index: number | null, total: number, more: boolean): string;
}

export const findWords: Record<'en' | 'zh-CN', FindWords> = {
  en: {
    find: 'Find',
    replace: 'Replace with',
    previous: 'Previous match (Shift+Enter)',
    next: 'Next match (Enter)',
    matchCase: 'Match case',
    wholeWord: 'Whole words',
    regex: 'Regular expression',
    close: 'Close (Esc)',
    showReplace: 'Replace',
    replaceOne: 'Replace',
    replaceAll: 'Replace all',
    none: 'Not found',
    badRegex: 'Unfinished expression',
    count: (index, total, more) => `${index === null ? '' : `${index} of `}${total}${more ? '+' : ''}`,
  },
  'zh-CN': {
    find: '查找',
    replace: '替换为',
    previous: '上一个 (Shift+Enter)',
    next: '下一个 (Enter)',
    matchCase: '区分大小写',
    wholeWord: '全字匹配',
    regex: '正则表达式',
    close: '关闭 (Esc)',
    showReplace: '替换',
    replaceOne: '替换',
    replaceAll: '全部替换',
    none: '未找到',
    badRegex: '表达式不完整',
    count: (index, total, more) => `${index === null ? '共 ' : `第 ${index} 个，共 `}${total}${more ? '+' : ''} 个`,
  },
};
