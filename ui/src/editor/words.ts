import { findWords, type FindWords } from './find/words';

/** What the editor says. */
export interface EditorWords {
  /** The name of the field for screen readers. */
  label(path: string): string;
  find: FindWords;
  /** CodeMirror's own phrases, as `EditorState.phrases` takes them. */
  phrases: Record<string, string>;
}

export const editorWords: Record<'en' | 'zh-CN', EditorWords> = {
  en: { label: (path) => `Editor, ${path}`, find: findWords.en, phrases: { go: 'Go' } },
  'zh-CN': {
    label: (path) => `编辑器，${path}`,
    find: findWords['zh-CN'],
    phrases: {
      'Go to line': '转到行',
      go: '转到',
      close: '关闭',
      Completions: '补全',
      'Control character': '控制字符',
      'Selection deleted': '已删除所选内容',
      'current match': '当前匹配',
      'on line': '位于行',
      'replaced match on line $': '已替换第 $ 行的匹配',
      'replaced $ matches': '已替换 $ 处匹配',
    },
  },
};
