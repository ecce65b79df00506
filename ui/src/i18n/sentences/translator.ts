/** What became of a text: `whole` when nothing of it stayed as it was. */
export interface Translation {
  text: string;
  whole: boolean;
}

interface Pattern {
  /** Letters around the holes: what says more is tried first. */
  weight: number;
  /** Which of `ENDS`: the first ones are tried first. */
  end: number;
  regex: RegExp;
  /** What the holes are called, in their order. */
  holes: string[];
  becomes: string;
}

const HOLE = /\{(\w*)\}/;
/** What joins sentences and the members of lists. */
const GLUE: [string, string][] = [['; ', '；'], [', ', '、'], [' and ', '和'], [' or ', '或'], ['. ', '。'], ['.', '。'], [' ', '']];
/** Two words of English beside each other, outside quotation marks: no name. */
const WORDS = /^[^“]*\b[a-z]{2,} [a-z]{2,}\b/;
/** With so few letters around its holes a sentence begins with a name, not with other words. */
const FEW = 12;
/** Texts are bounded by the backend; this bounds the work on a strange one. */
const LONGEST = 2_000;

/**
 * Translates texts that were made from known sentences, by the sentences themselves: `{name}` and `{}` stand for whatever the backend put there, which may
 * be made from known sentences again. In the translation `{name}` is the hole of that name, `{}` the next one without a name and `{2}` the second of those.
 */
export function translator(sentences: Record<string, string>) {
  const patterns = Object.entries(sentences)
    .flatMap(([key, becomes]) => ENDS.slice(0, key.endsWith('}') ? ENDS.length : 1).map((_, end) => pattern(key, becomes, end)))
    .sort((a, b) => a.end - b.end || b.weight - a.weight);

  return function translate(text: string, more: Record<string, string> = {}): Translation {
    const known = new Map<string, Translation>();
    const exact = (part: string) => more[part] ?? (Object.hasOwn(sentences, part) ? sentences[part] : undefined);

    function whole(part: string, depth: number): Translation {
      if (part === '' || depth > 6 || part.length > LONGEST) return { text: part, whole: part === '' };
      const before = known.get(part);
      if (before) return before;
      // Against a text that leads back to itself.
      known.set(part, { text: part, whole: false });
      const found = look(part, depth);
      known.set(part, found);
      return found;
    }

    function look(part: string, depth: number): Translation {
      const same = exact(part);
      if (same !== undefined && !HOLE.test(same)) return { text: same, whole: true };
      let best: Translation | null = null;
      const take = (found: Translation) => {
        if (best === null || (found.whole && !best.whole)) best = found;
        return found.whole;
      };
      for (const [name, becomes] of Object.entries(more)) {
        if (part.startsWith(name) && take(then({ text: becomes, whole: true }, part.slice(name.length), depth))) return best!;
      }
      for (const { regex, holes, becomes } of patterns) {
        const match = regex.exec(part);
        if (!match) continue;
        const values = match.slice(1).map((hole) => inside(hole, depth));
        const filled = fill(becomes, holes, values.map((value) => value.text));
        if (take(then({ text: filled, whole: values.every((value) => value.whole) }, part.slice(match[0].length), depth))) return best!;
      }
      for (const [glue, becomes] of GLUE) {
        if (part.startsWith(glue) && take(then({ text: becomes, whole: true }, part.slice(glue.length), depth))) return best!;
      }
      if (best) return best;
      // Not known: to the end of this sentence as it is.
      const end = /[.!?]”? (?=\S)/.exec(part);
      if (!end) return { text: part, whole: false };
      const cut = end.index + end[0].length;
      return { text: part.slice(0, cut) + whole(part.slice(cut), depth + 1).text, whole: false };
    }

    function then(first: Translation, rest: string, depth: number): Translation {
      if (rest === '') return first;
      const next = whole(rest, depth);
      return { text: first.text + next.text, whole: first.whole && next.whole };
    }

    /** What fills a hole: made of known sentences, or a name that is the same in every language. */
    function inside(hole: string, depth: number): Translation {
      const found = whole(hole, depth + 1);
      return found.whole || WORDS.test(hole) ? found : { text: hole, whole: true };
    }

    return whole(text, 0);
  };
}

/** Where a hole at the end of a sentence may end: before the next member of a list, with a sentence of its own, before a fragment. */
const ENDS = ['(?=$|; )', '(?:$|(?<=[.!?]”?)(?= ))', '(?=[;,:] |\\.$| \\()'];

function pattern(key: string, becomes: string, which: number): Pattern {
  const holes: string[] = [];
  const weight = key.replace(new RegExp(HOLE, 'g'), '').length;
  let source = '';
  for (let rest = key; rest !== '';) {
    const hole = HOLE.exec(rest);
    if (!hole) {
      source += escape(rest);
      break;
    }
    const before = rest.slice(0, hole.index);
    source += escape(before);
    holes.push(hole[1]!);
    rest = rest.slice(hole.index + hole[0].length);
    // In quotation marks anything may stand; elsewhere a hole does not reach into the next sentence.
    if (source === '' && weight < FEW) source += '(\\S+?(?:, \\S+?)*(?: \\([^)]*\\))?)';
    else source += before.endsWith('“') && rest.startsWith('”') ? '([^”]*)' : '((?:(?!\\. [A-Z“])[^])*?)';
  }
  // A sentence ends where the next begins: not in the middle of 5.7 or of boot.py.
  if (which === 1) source = source.replace(/\)$/, '[.!?]?”?)');
  const end = /[.:!?]$/.test(key) ? '(?=$|\\s)' : key.endsWith('}') ? ENDS[which]! : '(?=$|[^\\w])';
  return { weight, end: which, regex: new RegExp(`^${source}${end}`), holes, becomes };
}

function fill(becomes: string, holes: string[], values: string[]): string {
  const nameless = values.filter((_, at) => holes[at] === '');
  let next = 0;
  let filled = '';
  let rest = becomes;
  for (let hole = HOLE.exec(rest); hole; hole = HOLE.exec(rest)) {
    const name = hole[1]!;
    const at = holes.indexOf(name);
    const value = (name === '' ? nameless[next++] : at >= 0 ? values[at] : nameless[Number(name) - 1]) ?? '';
    filled = spaced(spaced(filled, rest.slice(0, hole.index)), value);
    rest = rest.slice(hole.index + hole[0].length);
  }
  return spaced(filled, rest);
}

/** Chinese typography: a space between a Latin letter and a Han character, none beside a full-width sign. */
function spaced(before: string, after: string): string {
  if (before === '' || after === '') return before + after;
  if (/[，。：；、（）“”]$/.test(before)) return before + after.trimStart();
  if (/^[，。：；、（）“”]/.test(after)) return before.trimEnd() + after;
  const [left, right] = [before.trimEnd(), after.trimStart()];
  const mixed = (/\p{Script=Han}$/u.test(left) && /^[\w/.]/.test(right)) || (/[\w/.]$/.test(left) && /^\p{Script=Han}/u.test(right));
  if (mixed) return `${left} ${right}`;
  return /\p{Script=Han}$/u.test(left) && /^\p{Script=Han}/u.test(right) ? left + right : before + after;
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
