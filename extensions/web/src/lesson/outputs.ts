import { icon } from '../base/icons';
import { Later } from '../base/later';
import { text } from '../strings';
import type { MimeBundle, Output } from '../types';
import { renderMarkdown, renderTex } from './math';
import { safeHtml } from './safe-html';
import { stopWhereItScrolls } from './scroll-stops';
import { shorten, terminalHtml, withoutColours } from './terminal-text';

export const WIDGET_MIME = 'application/vnd.jupyter.widget-view+json';

/** Texts up to this length are shown at every addition; a longer one a few times a second. */
const SHORT_TEXT = 4000;
const DRAW_MILLISECONDS = 80;

/** Shows a widget in an element; the page gives it, because it needs the lesson's kernel. */
export type ShowWidget = (modelId: string, element: HTMLElement) => Promise<void>;

const joined = (value: unknown): string => (Array.isArray(value) ? value.join('') : String(value));

function element(name: string, className: string, content = ''): HTMLElement {
  const made = document.createElement(name);
  made.className = className;
  if (content) made.textContent = content;
  return made;
}

/** A box that can scroll sideways and is reachable by keyboard, so that its end can be read without a mouse. */
function scrolling(className: string, label: string): HTMLElement {
  const box = element('div', `tb-output ${className}`);
  stopWhereItScrolls(box);
  box.setAttribute('role', 'group');
  box.setAttribute('aria-label', label);
  return box;
}

function picture(source: string, alt: string, size?: { width?: number; height?: number }): HTMLElement {
  const box = element('div', 'tb-output tb-output--picture');
  const image = document.createElement('img');
  image.alt = alt;
  image.src = source;
  if (size?.width) image.width = size.width;
  if (size?.height) image.height = size.height;
  box.append(image);
  return box;
}

function pictureAlt(data: MimeBundle): string {
  const plain = joined(data['text/plain'] ?? '');
  return plain && !plain.startsWith('<') ? plain : text.exercise.pictureAlt;
}

function plain(value: string, label: string, extra = ''): HTMLElement {
  const box = scrolling(`tb-output--text ${extra}`, label);
  const pre = document.createElement('pre');
  pre.innerHTML = terminalHtml(shorten(value, text.exercise.textShortened)); // escaped by the terminal renderer
  box.append(pre);
  return box;
}

/** The line of the learner's own cell that an error came from: the innermost frame of the cell that was run. */
export function errorLine(traceback: readonly string[]): number | null {
  const frames = [...withoutColours(traceback.join('\n')).matchAll(/Cell In\s?\[(\d+)\], line (\d+)/g)];
  const own = frames.filter(([, cell]) => cell === frames[0]?.[1]).at(-1);
  return own?.[2] ? Number(own[2]) : null;
}

function error(output: Extract<Output, { output_type: 'error' }>): HTMLElement {
  if (output.ename === 'KeyboardInterrupt') return element('p', 'tb-output tb-output__wait', text.exercise.stopped);
  const box = element('div', 'tb-output tb-output--error');
  const head = element('p', 'tb-error-line');
  const line = errorLine(output.traceback);
  head.append(icon('alert'), element('strong', '', output.ename), `: ${withoutColours(output.evalue)}`);
  if (line !== null) head.append(' ', element('span', 'tb-error-where', `(${text.exercise.errorLine(line)})`));
  box.append(head);
  if (output.traceback.length) {
    const details = document.createElement('details');
    details.append(element('summary', '', text.exercise.traceback));
    details.append(plain(output.traceback.join('\n'), text.exercise.traceback));
    box.append(details);
  }
  return box;
}

function bundle(data: MimeBundle, metadata: Record<string, unknown>, label: string, show: ShowWidget): HTMLElement {
  const widget = data[WIDGET_MIME] as { model_id?: string } | undefined;
  if (widget?.model_id) {
    const box = element('div', 'tb-output tb-output--widget');
    box.append(element('p', 'tb-output__wait', text.exercise.widgetLoading));
    void show(widget.model_id, box);
    return box;
  }
  if ('text/html' in data) {
    const box = scrolling('tb-output--html', label);
    box.append(safeHtml(joined(data['text/html'])));
    return box;
  }
  if ('text/markdown' in data) {
    const box = element('div', 'tb-output tb-output--markdown');
    void renderMarkdown(box, joined(data['text/markdown']));
    return box;
  }
  if ('image/svg+xml' in data) {
    // As a picture, not as markup: a picture's scripts and links do nothing.
    const source = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(joined(data['image/svg+xml']))}`;
    return picture(source, pictureAlt(data));
  }
  for (const kind of ['image/png', 'image/jpeg', 'image/gif', 'image/webp']) {
    if (!(kind in data)) continue;
    const size = metadata[kind] as { width?: number; height?: number } | undefined;
    return picture(`data:${kind};base64,${joined(data[kind]).trim()}`, pictureAlt(data), size);
  }
  if ('text/latex' in data) {
    const box = scrolling('tb-output--latex', label);
    void renderTex(box, joined(data['text/latex']));
    return box;
  }
  if ('application/json' in data) return plain(JSON.stringify(data['application/json'], null, 2), label);
  if ('text/plain' in data) return plain(joined(data['text/plain']), label);
  return element('p', 'tb-output tb-output__wait', text.exercise.noView);
}

/** The outputs of one cell, shown as they come. */
export class OutputArea {
  private outputs: Output[] = [];
  private clearNext = false;
  private readonly drawSoon = new Later(() => this.drawLast());

  constructor(
    private readonly root: HTMLElement,
    private readonly label: string,
    private readonly show: ShowWidget,
  ) {
    root.classList.add('tb-outputs');
  }

  get hasError(): boolean {
    return this.outputs.some((output) => output.output_type === 'error');
  }

  get isEmpty(): boolean {
    return this.outputs.length === 0;
  }

  /** Clear when the next output comes: the old one stays until then, so that the page does not jump. */
  start(): void {
    this.clearNext = true;
  }

  end(): void {
    if (this.drawSoon.waiting) this.drawSoon.now();
    if (this.clearNext) this.replace([]);
  }

  replace(outputs: readonly Output[]): void {
    this.clearNext = false;
    this.drawSoon.cancel();
    this.outputs = [];
    this.root.replaceChildren();
    for (const output of outputs) this.add(output);
  }

  /** Replace what is shown, unless it is the same: a widget or a long table is not drawn twice. */
  bringUpToDate(outputs: readonly Output[]): void {
    if (JSON.stringify(outputs) !== JSON.stringify(this.outputs)) this.replace(outputs);
  }

  add(output: Output): void {
    if (this.clearNext) this.replace([]);
    const last = this.outputs.at(-1);
    if (output.output_type === 'stream' && last?.output_type === 'stream' && last.name === output.name) {
      last.text = joined(last.text) + joined(output.text);
      if (last.text.length < SHORT_TEXT) this.drawLast();
      else if (!this.drawSoon.waiting) this.drawSoon.in(DRAW_MILLISECONDS);
      return;
    }
    if (this.drawSoon.waiting) this.drawSoon.now(); // what was said before comes first
    const own = { ...output };
    this.outputs.push(own);
    this.root.append(this.render(own));
  }

  /** Show the last output anew; who reads along at its end stays at its end. */
  private drawLast(): void {
    const [output, old] = [this.outputs.at(-1), this.root.lastElementChild];
    if (!output || !old) return;
    const [top, atEnd] = [old.scrollTop, old.scrollHeight - old.scrollTop - old.clientHeight < 8];
    const made = this.render(output);
    old.replaceWith(made);
    made.scrollTop = atEnd ? made.scrollHeight : top;
  }

  private render(output: Output): HTMLElement {
    if (output.output_type === 'stream') {
      return plain(joined(output.text), this.label, output.name === 'stderr' ? 'tb-output--stderr' : '');
    }
    if (output.output_type === 'error') return error(output);
    return bundle(output.data, output.metadata ?? {}, this.label, this.show);
  }
}
