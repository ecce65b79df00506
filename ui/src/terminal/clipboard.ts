/**
 * Puts text on the clipboard from within a key press. The old way first: it needs no permission in any web view, and
 * WebKit allows it once a `beforecopy` listener says that there is something to copy.
 */
export async function copyText(text: string): Promise<void> {
  let done = false;
  const allow = (event: Event) => event.preventDefault();
  const fill = (event: ClipboardEvent) => {
    event.clipboardData?.setData('text/plain', text);
    event.preventDefault();
    event.stopImmediatePropagation();
    done = true;
  };
  document.addEventListener('beforecopy', allow, true);
  document.addEventListener('copy', fill, true);
  try {
    document.execCommand('copy');
  } finally {
    document.removeEventListener('beforecopy', allow, true);
    document.removeEventListener('copy', fill, true);
  }
  if (!done) await navigator.clipboard.writeText(text);
}
