import { beforeEach, describe, expect, test } from 'vitest';
import { errorLine, OutputArea } from '../src/lesson/outputs';
import { applyControls, shorten, terminalHtml } from '../src/lesson/terminal-text';
import { text } from '../src/strings';
import type { MimeBundle, Output } from '../src/types';

let root: HTMLElement;
let area: OutputArea;
let widgets: string[];

beforeEach(() => {
  root = document.createElement('div');
  widgets = [];
  area = new OutputArea(root, 'Output of x', (id) => {
    widgets.push(id);
    return Promise.resolve();
  });
});

const stream = (value: string, name = 'stdout'): Output => ({ output_type: 'stream', name, text: value });
const data = (bundle: MimeBundle): Output => ({ output_type: 'display_data', data: bundle });

describe('terminal text', () => {
  test.each([
    ['10 %\r50 %\r100 %\n', '100 %\n'],
    ['abcdef\rxy', 'xycdef'],
    ['windows\r\nline', 'windows\nline'],
    ['abc\b\bX', 'aX'],
    ['\b\bX', 'X'],
  ])('%j shows as %j', (source, shown) => {
    expect(applyControls(source)).toBe(shown);
  });

  test('colours become classes and everything else is escaped', () => {
    expect(terminalHtml('\u001b[31m<b>\u001b[0m')).toBe('<span class="ansi-red-fg">&lt;b&gt;</span>');
  });

  test('a very long text keeps its beginning and its end', () => {
    const shown = shorten(`start${'x'.repeat(200_000)}end`, 'left out');
    expect(shown.length).toBeLessThan(101_000);
    expect([shown.startsWith('start'), shown.includes('left out'), shown.endsWith('end')]).toEqual([true, true, true]);
  });
});

describe('OutputArea', () => {
  test('what is shown already is not drawn again', () => {
    area.replace([stream('one')]);
    const drawn = root.firstElementChild;
    area.bringUpToDate([stream('one')]);
    expect(root.firstElementChild).toBe(drawn);
    area.bringUpToDate([stream('two')]);
    expect(root.textContent).toBe('two');
  });

  test('joins what one stream says, and keeps the streams apart', () => {
    area.add(stream('a'));
    area.add(stream('b\n'));
    area.add(stream('warn', 'stderr'));
    area.add(stream('c'));
    expect([...root.querySelectorAll('pre')].map((pre) => pre.textContent)).toEqual(['ab\n', 'warn', 'c']);
    expect(root.querySelectorAll('.tb-output--stderr').length).toBe(1);
  });

  test('a long text is drawn now and then, and whole at the end', () => {
    area.add(stream('x'.repeat(5000)));
    for (let count = 0; count < 100; count += 1) area.add(stream('y'));
    area.end();
    expect(root.textContent).toBe('x'.repeat(5000) + 'y'.repeat(100));
  });

  test('the old output stays until the new run says something', () => {
    area.add(stream('old'));
    area.start();
    expect(root.textContent).toBe('old');
    area.add(stream('new'));
    expect(root.textContent).toBe('new');
  });

  test('a run that says nothing leaves nothing', () => {
    area.add(stream('old'));
    area.start();
    area.end();
    expect([root.childElementCount, area.isEmpty]).toEqual([0, true]);
  });

  test('an error shows its last line, the learner’s line, and folds the rest', () => {
    const traceback = [
      '\u001b[31mNameError\u001b[39m  Traceback',
      'Cell \u001b[32mIn[3], line 4\u001b[39m\n---> 4 f()',
      'Cell \u001b[32mIn[3], line 2\u001b[39m, in f()\n---> 2 g()',
      'File /lib/x.py:88, in g()',
    ];
    area.add({ output_type: 'error', ename: 'NameError', evalue: "name 'x' is not defined", traceback });
    expect(root.querySelector('.tb-error-line')?.textContent).toBe("NameError: name 'x' is not defined (line 2)");
    expect(root.querySelector('details')?.open).toBe(false);
    expect(root.querySelector('details')?.textContent).toContain('/lib/x.py');
    expect(area.hasError).toBe(true);
  });

  test('a run that was stopped is no error of the learner', () => {
    area.add({ output_type: 'error', ename: 'KeyboardInterrupt', evalue: '', traceback: ['x'] });
    expect(root.textContent).toBe(text.exercise.stopped);
    expect(root.querySelector('.tb-output--error')).toBeNull();
  });

  test('an error from elsewhere names no line', () => {
    expect(errorLine(['File /lib/x.py:88'])).toBeNull();
  });

  test('HTML comes without anything that acts', () => {
    const html =
      '<table id="main" style="color: red"><tr><td onclick="x()">1</td></tr></table><script>x()</script><style>body{display:none}</style>' +
      '<img src="x" onerror="x()"><form action="/"><input name="a"></form><iframe src="/"></iframe><a href="javascript:x()">j</a><a href="https://x.org">x</a>';
    area.add(data({ 'text/html': [html], 'text/plain': 'table' }));
    const shown = root.querySelector('.tb-output--html');
    expect(shown?.querySelectorAll('script, style, form, input, iframe, [onclick], [onerror], [id]').length).toBe(0);
    expect(shown?.querySelector('td')?.textContent).toBe('1');
    expect([...(shown?.querySelectorAll('a') ?? [])].map((link) => [link.getAttribute('href'), link.getAttribute('rel')])).toEqual([
      [null, null],
      ['https://x.org', 'noopener noreferrer'],
    ]);
  });

  test('the empty corner of a table is no header', () => {
    area.add(data({ 'text/html': '<table><tr><th></th><th>a</th></tr></table>' }));
    expect([...root.querySelectorAll('tr > *')].map((cell) => cell.tagName)).toEqual(['TD', 'TH']);
  });

  test('SVG is a picture, which cannot act', () => {
    area.add(data({ 'image/svg+xml': '<svg xmlns="http://www.w3.org/2000/svg"><script>x()</script></svg>', 'text/plain': '<IPython.core.display.SVG object>' }));
    expect(root.querySelector('svg, script')).toBeNull();
    expect(root.querySelector('img')?.getAttribute('src')).toMatch(/^data:image\/svg\+xml;charset=utf-8,%3Csvg/);
    expect(root.querySelector('img')?.alt).toBe(text.exercise.pictureAlt);
  });

  test('a picture keeps the size it came with', () => {
    area.add({ output_type: 'display_data', data: { 'image/png': 'iVBO\n' }, metadata: { 'image/png': { width: 20, height: 10 } } });
    const image = root.querySelector('img');
    expect([image?.getAttribute('src'), image?.width, image?.height]).toEqual(['data:image/png;base64,iVBO', 20, 10]);
  });

  test('JSON is readable, and an unknown kind falls back to its text', () => {
    area.add(data({ 'application/json': { a: [1] } }));
    area.add(data({ 'application/javascript': 'x()', 'text/plain': '<Javascript>' }));
    area.add(data({ 'application/javascript': 'x()' }));
    expect([...root.children].map((child) => child.textContent)).toEqual(['{\n  "a": [\n    1\n  ]\n}', '<Javascript>', text.exercise.noView]);
  });

  test('a widget is shown by the page’s widget manager, whatever else the output has', () => {
    area.add(data({ 'application/vnd.jupyter.widget-view+json': { model_id: 'm1' }, 'text/plain': 'IntSlider()' }));
    expect(widgets).toEqual(['m1']);
    expect(root.textContent).toBe(text.exercise.widgetLoading);
  });

  test('output that can scroll is reachable by keyboard and has a name', () => {
    area.add(stream('a'));
    const box = root.firstElementChild;
    expect([box?.getAttribute('tabindex'), box?.getAttribute('role'), box?.getAttribute('aria-label')]).toEqual(['0', 'group', 'Output of x']);
  });
});
