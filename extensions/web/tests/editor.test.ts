import { beforeAll, beforeEach, expect, test } from 'vitest';
import { createEditor, type Editor } from '../src/lesson/editor';

let calls: string[];

beforeAll(() => {
  Range.prototype.getClientRects = () => [] as unknown as DOMRectList;
  Object.defineProperty(document, 'fonts', { value: { ready: Promise.resolve() } });
});

beforeEach(() => {
  calls = [];
  document.body.replaceChildren();
});

function editor(source: string, language = 'python'): Editor {
  return createEditor(document.body, {
    language,
    source,
    label: 'Your answer',
    describedBy: 'help',
    onChange: (value) => calls.push(`change ${value}`),
    onRun: () => calls.push('run'),
    onCheck: () => calls.push('check'),
  });
}

/** Press a key; true when the editor kept it from the page. */
function press({ view }: Editor, key: string, keyCode: number, more: KeyboardEventInit = {}): boolean {
  const event = new KeyboardEvent('keydown', { key, keyCode, bubbles: true, cancelable: true, ...more });
  view.contentDOM.dispatchEvent(event);
  return event.defaultPrevented;
}

test('Tab goes to the next step of four, Shift-Tab back', () => {
  const made = editor('ab');
  made.view.dispatch({ selection: { anchor: 2 } });
  expect(press(made, 'Tab', 9)).toBe(true);
  expect(made.get()).toBe('ab  ');
  made.set('        x');
  press(made, 'Tab', 9, { shiftKey: true });
  expect(made.get()).toBe('    x');
});

test('Tab indents the lines that are selected', () => {
  const made = editor('a\nb');
  made.view.dispatch({ selection: { anchor: 0, head: 3 } });
  press(made, 'Tab', 9);
  expect(made.get()).toBe('    a\n    b');
});

test('Escape and then Tab leave the editor; any other key takes Tab back', () => {
  const made = editor('ab');
  press(made, 'Escape', 27);
  expect(press(made, 'Tab', 9)).toBe(false);
  expect(press(made, 'Tab', 9, { shiftKey: true })).toBe(false);
  press(made, 'x', 88);
  expect(press(made, 'Tab', 9)).toBe(true);
});

test('Ctrl-Enter runs and Shift-Enter checks, and neither writes a line', () => {
  const made = editor('ab');
  press(made, 'Enter', 13, { ctrlKey: true });
  press(made, 'Enter', 13, { shiftKey: true });
  expect([calls, made.get()]).toEqual([['run', 'check'], 'ab']);
});

test('in a Markdown answer Tab is the page’s and Shift-Enter is a line', () => {
  const made = editor('ab', 'markdown');
  expect(press(made, 'Tab', 9)).toBe(false);
  press(made, 'Enter', 13, { shiftKey: true });
  expect([calls.includes('check'), made.get()]).toEqual([false, '\nab']);
});

test('the editor has a name, says how it is left, and writes nothing into code', () => {
  editor('ab');
  const content = document.querySelector('.cm-content');
  const found = ['aria-label', 'aria-describedby', 'autocapitalize', 'autocorrect', 'spellcheck', 'tabindex'].map((name) => content?.getAttribute(name));
  expect(found).toEqual(['Your answer', 'help', 'off', 'off', 'false', '0']);
});
