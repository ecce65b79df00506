/** One step of indentation: a tab, or so many spaces. */
export type Indentation = { kind: 'tab' } | { kind: 'spaces'; count: number };

export const DEFAULT_INDENTATION: Indentation = { kind: 'spaces', count: 4 };

/** Lines that are looked at; a file does not change its mind later. */
const MOST_LINES = 2000;

/**
 * The step a file uses itself: what its lines are indented by more than the indented or unindented line before them.
 * Four spaces where it does not say.
 */
export function detectIndentation(lines: Iterable<string>): Indentation {
  const votes = new Map<number, number>();
  let tabs = 0;
  let spaces = 0;
  let before = 0;
  let seen = 0;
  for (const line of lines) {
    if (++seen > MOST_LINES) break;
    if (/^\s*(#|$)/.test(line)) continue;
    if (line.startsWith('\t')) {
      tabs += 1;
      continue;
    }
    const depth = /^ */.exec(line)![0].length;
    const deeper = depth - before;
    if (depth > 0) spaces += 1;
    // More than 8 is alignment with an open bracket.
    if (deeper >= 2 && deeper <= 8) votes.set(deeper, (votes.get(deeper) ?? 0) + 1);
    before = depth;
  }
  if (tabs > spaces) return { kind: 'tab' };
  const best = [...votes].sort(([a, votesA], [b, votesB]) => votesB - votesA || a - b)[0];
  return best ? { kind: 'spaces', count: best[0] } : DEFAULT_INDENTATION;
}

export function indentText(step: Indentation): string {
  return step.kind === 'tab' ? '\t' : ' '.repeat(step.count);
}
