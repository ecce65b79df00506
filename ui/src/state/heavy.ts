/** What `panes` fetches: all of CodeMirror and xterm comes with these. Only types of it may be imported elsewhere. */
export { EditorDoc } from '../editor/doc.svelte';
export { default as Editor } from '../editor/Editor.svelte';
export { editorWords } from '../editor/words';
export { TerminalSession } from '../terminal/session.svelte';
export { default as Terminal } from '../terminal/Terminal.svelte';
export { terminalWords } from '../terminal/words';
