import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A string literal of Rust source, without what a hole says of its width. */
export interface Literal {
  text: string;
  at: string;
}

const ROOT = join(import.meta.dirname, '..', '..');

/** All string literals of a crate's files, its tests and raw strings left out. */
export function literalsOf(folder: string, name: (file: string) => boolean = () => true): Literal[] {
  const files = readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => file.endsWith('.rs') && !/(^|_|\/)tests?\.rs$/.test(file) && name(file));
  return files.sort().flatMap((file) => literals(readFileSync(join(ROOT, folder, file), 'utf8'), `${folder}/${file}`));
}

export function sourceOf(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8');
}

const TOKEN = /\/\/[^\n]*|\bb?r(#*)"[^]*?"\1|'(?:\\(?:u\{\w+\}|x\w\w|.)|[^\\'\n])'|(\bb|\bc)?"((?:[^"\\]|\\[^])*)"/g;

function literals(source: string, file: string): Literal[] {
  const tests = source.search(/^#\[cfg\(test\)\]\s*\n(?:#\[[^\n]*\n)*mod /m);
  const product = tests < 0 ? source : source.slice(0, tests);
  return [...product.matchAll(TOKEN)]
    .filter((token) => token[3] !== undefined && token[2] === undefined)
    .map((token) => ({ text: unescaped(token[3]!), at: `${file}:${product.slice(0, token.index).split('\n').length}` }));
}

function unescaped(text: string): string {
  return text
    .replace(/\\\n\s*/g, '')
    .replace(/\\u\{(\w+)\}/g, (_, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16)))
    .replace(/\\(.)/g, (_, one: string) => ({ n: '\n', r: '\r', t: '\t' })[one] ?? one)
    .replace(/\{(\w*):[^{}]*\}/g, '{$1}');
}
