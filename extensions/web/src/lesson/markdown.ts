import MarkdownIt from 'markdown-it';

const markdown = new MarkdownIt({ html: false, linkify: false, typographer: false });

const MATH = /^(\$\$[\s\S]+?\$\$|\\\[[\s\S]+?\\\]|\\\([\s\S]+?\\\)|\$(?!\s)(?:\\.|[^$\\\n])+?(?<!\s)\$(?!\d))/;

// Formulas are found before Markdown reads their underscores and backslashes as its own.
markdown.inline.ruler.before('escape', 'math', (state, silent) => {
  const found = MATH.exec(state.src.slice(state.pos))?.[0];
  if (!found) return false;
  if (!silent) state.push('math', '', 0).content = found;
  state.pos += found.length;
  return true;
});

markdown.renderer.rules['math'] = (tokens, index) => {
  const source = tokens[index]?.content ?? '';
  const display = source.startsWith('$$') || source.startsWith('\\[');
  return `<span class="tb-math" data-display="${String(display)}">${markdown.utils.escapeHtml(source)}</span>`;
};

/** Markdown as HTML, with its formulas marked for `typesetMarked`. */
export function markdownToHtml(source: string): string {
  return markdown.render(source);
}
