import { describe, expect, test } from 'vitest';
import { markdownToHtml } from '../src/lesson/markdown';
import { bareTex, renderMarkdown, typesetMarked } from '../src/lesson/math';

describe('bareTex', () => {
  test.each([
    ['$x_1$', { tex: 'x_1', display: false }],
    ['$$ x $$', { tex: 'x', display: true }],
    ['\\(x\\)', { tex: 'x', display: false }],
    ['\\[x\\]', { tex: 'x', display: true }],
    ['\\begin{align}x\\end{align}', { tex: '\\begin{align}x\\end{align}', display: true }],
  ])('%s', (source, expected) => {
    expect(bareTex(source)).toEqual(expected);
  });
});

describe('markdownToHtml', () => {
  test('keeps formulas whole, underscores and all', () => {
    expect(markdownToHtml('a $x_1 * y_1$ b *c*')).toBe(
      '<p>a <span class="tb-math" data-display="false">$x_1 * y_1$</span> b <em>c</em></p>\n',
    );
  });

  test('prices are no formulas', () => {
    expect(markdownToHtml('from $5 to $10')).toBe('<p>from $5 to $10</p>\n');
  });

  test('HTML in an answer is text', () => {
    expect(markdownToHtml('<img src=x onerror=y>')).toBe('<p>&lt;img src=x onerror=y&gt;</p>\n');
  });
});

test('marked formulas are set once', async () => {
  const root = document.createElement('div');
  root.innerHTML = '<span class="tb-math" data-display="false">$a&lt;b$</span>';
  await typesetMarked(root);
  await typesetMarked(root);
  expect(root.querySelectorAll('.katex').length).toBe(1);
  expect(root.querySelector('annotation')?.textContent).toBe('a<b');
});

test('a formula that cannot be read stays as written', async () => {
  const root = document.createElement('div');
  root.innerHTML = '<span class="tb-math" data-display="false">$\\frac{1$</span>';
  await typesetMarked(root);
  expect(root.textContent).toContain('\\frac{1');
});

test('Markdown is shown with its formulas set', async () => {
  const root = document.createElement('div');
  await renderMarkdown(root, '**b** $x$');
  expect(root.querySelector('strong')?.textContent).toBe('b');
  expect(root.querySelectorAll('.katex').length).toBe(1);
});
