import { AnsiUp } from 'ansi_up';

const LONGEST_TEXT = 100_000;

/** What a terminal shows after this text: carriage returns overwrite the line, backspaces the letter before. */
export function applyControls(source: string): string {
  if (!/[\r\b]/.test(source)) return source;
  return source
    .replace(/\r+\n/g, '\n')
    .split('\n')
    .map((line) => {
      let shown = '';
      for (const part of line.split('\r')) shown = part.length >= shown.length ? part : part + shown.slice(part.length);
      while (/[^\b][\b]/.test(shown)) shown = shown.replace(/[^\b][\b]/, '');
      return shown.replaceAll('\b', '');
    })
    .join('\n');
}

/** The beginning and the end of a text that is too long to show. */
export function shorten(source: string, notice: string): string {
  if (source.length <= LONGEST_TEXT) return source;
  const half = LONGEST_TEXT / 2;
  return `${source.slice(0, half)}\n\n… ${notice} …\n\n${source.slice(-half)}`;
}

/** Terminal text as HTML with its colours as classes; everything else in it is escaped. */
export function terminalHtml(source: string): string {
  const ansi = new AnsiUp();
  ansi.use_classes = true;
  return ansi.ansi_to_html(applyControls(source));
}

export function withoutColours(source: string): string {
  // eslint-disable-next-line no-control-regex -- colour codes begin with the escape character
  return source.replace(/\u001b\[[0-9;]*[A-Za-z]/g, '');
}
