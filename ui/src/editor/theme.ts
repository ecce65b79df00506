import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import type { Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { tags } from '@lezer/highlight';

/** Colours are custom properties throughout: another theme needs no new extension, and costs nothing. */
const highlighting = HighlightStyle.define([
  { tag: [tags.keyword, tags.bool, tags.null], color: 'var(--syn-keyword)' },
  { tag: [tags.string, tags.special(tags.string), tags.escape], color: 'var(--syn-string)' },
  { tag: tags.number, color: 'var(--syn-number)' },
  { tag: [tags.function(tags.definition(tags.variableName)), tags.definition(tags.className)], color: 'var(--syn-name)' },
  { tag: tags.meta, color: 'var(--syn-name)' },
  { tag: tags.comment, color: 'var(--syn-comment)' },
  { tag: tags.definition(tags.propertyName), color: 'var(--syn-name)' },
]);

const px = (pixels: number) => `calc(${pixels}px * var(--ui-scale, 1))`;
const mono = (size: number, line: number) => `400 ${px(size)} / ${px(line)} var(--font-mono)`;

const look = EditorView.theme({
  '&': { height: '100%', color: 'var(--text)', backgroundColor: 'var(--bg-surface)' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { font: mono(13, 20), fontVariantLigatures: 'none', fontFeatureSettings: '"liga" 0, "calt" 0' },
  '.cm-content': { padding: '2px 0 12px', caretColor: 'var(--accent)' },
  '.cm-line': { padding: '0 16px 0 0' },
  '.cm-cursor, .cm-dropCursor': { borderLeft: '2px solid var(--accent)', marginLeft: '-1px' },

  '.cm-gutters': { backgroundColor: 'var(--bg-surface)', color: 'var(--text-3)', border: 'none', fontSize: px(12) },
  '.cm-lineNumbers .cm-gutterElement': { minWidth: px(52), padding: `0 ${px(16)} 0 0`, position: 'relative' },
  '.cm-activeLine': { backgroundColor: 'var(--bg-line)' },
  '.cm-activeLineGutter': { backgroundColor: 'var(--bg-line)', color: 'var(--text)' },
  // An opaque line would cover the selection, which is drawn below the text.
  '&.cm-selecting .cm-activeLine, &.cm-selecting .cm-activeLineGutter': { backgroundColor: 'transparent' },
  '.cm-lineNumbers .cm-error-line::before': {
    content: '""',
    position: 'absolute',
    left: px(12),
    top: px(6),
    width: px(8),
    height: px(8),
    borderRadius: '1px',
    backgroundColor: 'var(--bad)',
    transform: 'rotate(45deg) scale(.85)',
  },

  '.cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground': {
    backgroundColor: 'var(--bg-selected)',
  },
  '.cm-selectionMatch': { backgroundColor: 'var(--accent-soft)' },
  '.cm-searchMatch': { backgroundColor: 'var(--accent-soft)', boxShadow: 'inset 0 0 0 1px var(--line-button)' },
  '.cm-searchMatch-selected': { backgroundColor: 'var(--bg-selected)', boxShadow: 'inset 0 0 0 1px var(--accent)' },
  '&.cm-focused .cm-matchingBracket': { backgroundColor: 'var(--bg-selected)', outline: '1px solid var(--line-control)' },
  '&.cm-focused .cm-nonmatchingBracket': { backgroundColor: 'var(--bad-soft)', color: 'var(--bad)' },
  '.cm-specialChar': { color: 'var(--bad)' },
  '.cm-builtin, .cm-builtin *': { color: 'var(--syn-builtin)' },

  '.cm-panels': { backgroundColor: 'var(--bg-sunken)', color: 'var(--text)', zIndex: 5 },
  '.cm-panels.cm-panels-top': { borderBottom: '1px solid var(--line)' },
  '.cm-dialog': {
    display: 'flex',
    alignItems: 'center',
    gap: 'var(--sp-2)',
    padding: 'var(--sp-1) var(--sp-2) var(--sp-1) var(--sp-4)',
    font: `400 ${px(12)} / ${px(16)} var(--font-ui)`,
  },
  '.cm-dialog label': { fontSize: 'inherit', flex: 'none' },
  '.cm-textfield': {
    width: px(96),
    height: px(28),
    margin: '0 0 0 var(--sp-2)',
    padding: '0 var(--sp-2)',
    border: 'none',
    borderRadius: 'var(--r-m)',
    boxShadow: 'inset 0 0 0 1px var(--line-control)',
    backgroundColor: 'var(--bg-surface)',
    color: 'inherit',
    font: mono(12, 16),
    outline: 'none',
  },
  '.cm-textfield:focus': { boxShadow: 'inset 0 0 0 1.5px var(--focus)' },
  '.cm-button': {
    height: px(28),
    margin: '0',
    padding: '0 var(--sp-3)',
    border: 'none',
    borderRadius: 'var(--r-m)',
    boxShadow: 'inset 0 0 0 1px var(--line-button)',
    background: 'var(--bg-surface)',
    color: 'inherit',
    font: `500 ${px(12)} / ${px(16)} var(--font-ui)`,
  },
  '.cm-button:hover': { background: 'var(--bg-hover)' },
  '.cm-dialog-close': {
    position: 'static',
    width: px(28),
    height: px(28),
    marginLeft: 'auto',
    borderRadius: 'var(--r-m)',
    fontSize: px(18),
    color: 'var(--text-2)',
  },

  '.cm-tooltip': { border: 'none', borderRadius: 'var(--r-l)', backgroundColor: 'var(--bg-raised)', boxShadow: 'var(--shadow-menu)' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': { padding: '4px', maxHeight: px(184), font: mono(12, 20) },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': { padding: `${px(1)} 8px`, borderRadius: 'var(--r-s)', color: 'var(--text)' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]': {
    backgroundColor: 'var(--bg-selected)',
    color: 'var(--text)',
  },
  '.cm-completionMatchedText': { textDecoration: 'none', color: 'var(--accent)' },
  '.cm-completionDetail': { fontStyle: 'normal', color: 'var(--text-3)' },
});

export const theme: Extension = [look, syntaxHighlighting(highlighting)];
