import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ApiError } from '../src/base/api';
import { ExerciseHelp } from '../src/lesson/help';
import { text } from '../src/strings';
import { help } from './support-own';
import { fakeApi, settled, type Answer } from './support';

const path = 'lessons/c/m/one';
const words = (selector: string): string => (document.querySelector(selector)?.textContent ?? '').replace(/\s+/g, ' ').trim();
const press = (name: string): void => document.querySelector<HTMLElement>(`[data-action="${name}"]`)?.click();
const focused = (): string => document.activeElement?.className ?? '';

let said: string[];

beforeEach(() => {
  said = [];
  document.body.innerHTML = `<div class="tb-example" id="near"></div><tb-exercise></tb-exercise><div class="tb-example" id="after"></div>`;
  Element.prototype.scrollIntoView = () => undefined;
});

afterEach(() => vi.restoreAllMocks());

function start(asked: boolean, ...answers: Answer[]) {
  const { api, asked: sent } = fakeApi(...answers);
  const exercise = document.querySelector<HTMLElement>('tb-exercise');
  if (!exercise) throw new Error('no exercise');
  const made = new ExerciseHelp(exercise, 'a b', { api, path, lesson: 'm/one', asked, announce: (message) => said.push(message) });
  return { made, sent };
}

describe('help at an exercise', () => {
  test('who says too hard sees what may help, reads on there, and comes back', async () => {
    const { sent } = start(true, help);
    expect(words('.tb-help')).toBe(text.help.button);
    press('too-hard');
    await settled();
    expect(sent).toMatchObject([{ method: 'POST', path: `${path}/difficulties`, body: { exercise: 'a b' } }]);
    expect(words('.tb-help')).toContain('What may help Good that you say so. Here is what may help. A look back This builds on text. Go back to it A person');
    expect(document.querySelector('[data-way="repair"] a')?.getAttribute('href')).toBe('/one');
    expect(focused()).toBe('tb-help__title');
    press('close-help');
    expect([words('.tb-help'), focused()]).toEqual([text.help.button, 'tb-help__ask']);
  });

  test('a struggle that is noticed brings help without a word from the learner, and leaves the focus', async () => {
    const { made, sent } = start(false, { ...help, because: 'This one takes you long.' });
    expect(words('.tb-help')).toBe(''); // a course that goes by points asks for nothing
    void made.noticed();
    await settled();
    expect(sent.map((one) => one.path)).toEqual([`${path}/help?exercise=a%20b`]);
    expect([said, focused()]).toEqual([['This one takes you long.'], '']);
    expect(words('.tb-help__panel > p')).toBe('This one takes you long.');
  });

  test('a question goes to a person, once it is one', async () => {
    const { sent } = start(true, help, null);
    press('too-hard');
    await settled();
    const form = document.querySelector('form');
    const field = document.querySelector('textarea');
    if (!form || !field) throw new Error('no form');
    form.dispatchEvent(new SubmitEvent('submit', { cancelable: true }));
    await settled();
    expect(sent.length).toBe(1);
    field.value = 'Why a loop?';
    document.querySelector<HTMLElement>('[name="shared"]')?.click();
    form.dispatchEvent(new SubmitEvent('submit', { cancelable: true }));
    await settled();
    expect(sent[1]).toMatchObject({ path: `${path}/help-requests`, body: { exercise: 'a b', question: 'Why a loop?', shared: true } });
    expect(words('[data-way="person"] [role="status"]')).toBe(text.help.sent);
  });

  test('the worked example of this page is gone to without loading it anew', async () => {
    start(true, { ...help, offers: [{ way: 'example', because: 'Run it.', lesson: 'm/one', exercise: null, url: '/one' }] });
    press('too-hard');
    await settled();
    const click = new MouseEvent('click', { bubbles: true, cancelable: true });
    document.querySelector('[data-way="example"] a')?.dispatchEvent(click);
    expect([click.defaultPrevented, document.activeElement?.id]).toEqual([true, 'near']);
  });

  test('a refusal is said, and the button stays', async () => {
    start(true, new ApiError(503, '', ''));
    press('too-hard');
    await settled();
    expect(words('.tb-help')).toBe(`${text.help.button} ${text.problems.unavailable}`);
  });
});
