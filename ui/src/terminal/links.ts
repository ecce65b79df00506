/** A place in a program that a traceback names. Columns are indices into the text. */
export interface FrameLink {
  start: number;
  end: number;
  path: string;
  /** From 1. */
  line: number;
}

const FRAME = /File ("([^"\r\n]{1,255})", line (\d{1,7}))/g;

/**
 * The links of one line: `File "main.py", line 12`, underlined from the quote to the number. `<stdin>` is the program
 * that was run, where there is one; other names in angle brackets (`<string>`, `<module>`) are no files.
 */
export function frameLinks(text: string, program: string | null): FrameLink[] {
  const links: FrameLink[] = [];
  for (const match of text.matchAll(FRAME)) {
    const [, shown, name, number] = match as unknown as [string, string, string, string];
    const path = name === '<stdin>' ? program : name;
    const line = Number(number);
    if (path === null || line === 0 || /^<.*>$/.test(path)) continue;
    const start = match.index + 'File '.length;
    links.push({ start, end: start + shown.length, path, line });
  }
  return links;
}

/**
 * Which of these lines end a traceback: the first after the head that is not indented, `OSError: [Errno 5] EIO`.
 */
export function exceptionLines(lines: readonly string[]): Set<number> {
  const found = new Set<number>();
  let inside = false;
  lines.forEach((line, index) => {
    // A program that left its last line open has it stand before the head.
    if (line.trimEnd().endsWith('Traceback (most recent call last):')) inside = true;
    else if (inside && !line.startsWith(' ')) {
      inside = false;
      if (/^[A-Za-z_]/.test(line)) found.add(index);
    }
  });
  return found;
}
