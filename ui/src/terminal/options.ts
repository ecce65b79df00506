import type { ITerminalOptions } from '@xterm/xterm';

/** What every terminal has in common. Colours and type come from the theme when it is shown. */
export const OPTIONS: ITerminalOptions = {
  scrollback: 10_000,
  // For the search's marks and the width of characters after Unicode 11.
  allowProposedApi: true,
  // A blinking cursor keeps the web view drawing: 8 % of a processor where it draws in software.
  cursorBlink: false,
  cursorStyle: 'block',
  cursorInactiveStyle: 'outline',
  // A click with Alt would type arrow keys into a running program.
  altClickMovesCursor: false,
  ignoreBracketedPasteMode: true,
  // Programs choose colours for black screens; ours may be white.
  minimumContrastRatio: 4.5,
  drawBoldTextInBrightColors: false,
  fontWeightBold: 600,
  macOptionIsMeta: false,
  rightClickSelectsWord: false,
  // No way out to the web: links are ours alone.
  linkHandler: { activate: () => undefined },
  windowOptions: {},
  logLevel: 'off',
};
