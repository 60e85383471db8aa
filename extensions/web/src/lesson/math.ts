import type * as Katex from './katex';
import { safeHtml } from './safe-html';

/** KaTeX and the Markdown renderer are fetched only by pages that need them. */
const loadKatex = (): Promise<typeof Katex> => import('./katex');

/** Take the delimiters off a formula: `$x$`, `$$x$$`, `\(x\)`, `\[x\]`; environments keep theirs. */
export function bareTex(source: string): { tex: string; display: boolean } {
  const trimmed = source.trim();
  const pairs: [string, string, boolean][] = [
    ['$$', '$$', true],
    ['\\[', '\\]', true],
    ['\\(', '\\)', false],
    ['$', '$', false],
  ];
  for (const [open, close, display] of pairs) {
    if (trimmed.length > open.length + close.length && trimmed.startsWith(open) && trimmed.endsWith(close)) {
      return { tex: trimmed.slice(open.length, -close.length).trim(), display };
    }
  }
  return { tex: trimmed, display: true };
}

/** Set the formulas that the server marked, when there are any. */
export async function typesetMarked(root: ParentNode): Promise<void> {
  const marked = [...root.querySelectorAll<HTMLElement>('.tb-math:not([data-set])')];
  if (!marked.length) return;
  const { setTex } = await loadKatex();
  for (const element of marked) {
    element.dataset['set'] = '';
    setTex(element, bareTex(element.textContent).tex, element.dataset['display'] === 'true');
  }
}

export async function renderTex(element: HTMLElement, source: string): Promise<void> {
  const { tex, display } = bareTex(source);
  element.textContent = source;
  const { setTex } = await loadKatex();
  setTex(element, tex, display);
}

export async function renderMarkdown(element: HTMLElement, source: string): Promise<void> {
  const { markdownToHtml } = await import('./markdown');
  element.replaceChildren(safeHtml(markdownToHtml(source)));
  await typesetMarked(element);
}
