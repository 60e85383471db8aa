import { render } from 'lit';
import { describe, expect, test } from 'vitest';
import { ApiError } from '../src/base/api';
import { Talk } from '../src/home/talk';
import { talkDialog } from '../src/home/talk-view';
import { text } from '../src/strings';
import { help, review, sitting } from './support-own';
import { course, fakeApi, lesson, settled, type Answer } from './support';

const two = { key: 'm/two', title: 'Two' };
const here = course([lesson(), lesson({ key: 'm/two', name: 'two', title: 'Two' })], { name: 'a b' });

function start(...answers: Answer[]) {
  const happened: string[] = [];
  const { api, asked } = fakeApi(...answers);
  const root = document.createElement('div');
  const open = (event: MouseEvent, title: string): void => {
    event.preventDefault();
    happened.push(`open ${title}`);
  };
  const draw = (): void => void render(talkDialog(talk, open), root);
  const talk: Talk = new Talk(api, {
    change: () => draw(),
    done: () => happened.push('done'),
    navigate: (title, url) => happened.push(`go ${title} ${url}`),
  });
  const words = (): string => (root.textContent ?? '').replace(/\s+/g, ' ').trim();
  const press = (name: string): void => root.querySelector<HTMLElement>(`[data-action="${name}"]`)?.click();
  return { talk, root, asked, happened, words, press };
}

describe('the dialog', () => {
  test('a test-out is explained first, begins when confirmed, and leads to its exercises', async () => {
    const { talk, root, asked, happened, words, press } = start(sitting());
    talk.open(here, { what: 'test_out', lesson: two });
    expect(words()).toBe(`Show that you know Two ${text.talk.test_outBody} Begin Not now`);
    expect(asked).toEqual([]);
    press('confirm');
    await settled();
    expect(asked).toMatchObject([{ method: 'POST', path: 'courses/a%20b/sittings', body: { purpose: 'test_out', lesson: 'm/two' } }]);
    expect(words()).toBe('Show that you know Two So far 1 of 2 right. Your exercises First question Second question Start with the first Later');
    press('first');
    expect(happened).toEqual(['done', 'open Two']);
    expect(root.textContent?.trim()).toBe(''); // it closes, so that the page can say that the lesson opens
  });

  test('a refusal is said where it was asked for, and can be tried again', async () => {
    const { talk, root, words, press, happened } = start(new ApiError(429, 'test_out_again', 'Again in about 5 hours.'));
    talk.open(here, { what: 'test_out', lesson: two });
    press('confirm');
    await settled();
    expect(root.querySelector('[role="alert"]')?.textContent?.trim()).toBe('Again in about 5 hours.');
    expect(words()).toContain('Begin Not now');
    expect(happened).toEqual([]);
  });

  test('looking ahead goes into the lesson at once', async () => {
    const { talk, press, happened } = start(sitting({ purpose: 'practice', exercises: [] }));
    talk.open(here, { what: 'practice', lesson: two });
    press('confirm');
    await settled();
    expect(happened).toEqual(['done', 'go Two /two']);
  });

  test('a placement is about no lesson, and one that has ended says what it showed', async () => {
    const ended = sitting({ purpose: 'placement', lesson: null, title: null, url: null, ended_at: '2026-03-03T10:00:00+00:00', because: 'You begin at the beginning.' });
    const { talk, asked, words, press } = start(ended);
    talk.open(here, { what: 'placement', lesson: null });
    press('confirm');
    await settled();
    expect(asked[0]?.body).toEqual({ purpose: 'placement' });
    expect(words()).toBe('Find your place You begin at the beginning. Done');
  });

  test('a review takes the minutes that were planned for a day, unless others are chosen', async () => {
    const { talk, root, asked, words, press } = start({ first: null, pace: 'steady', minutes_a_day: 15 }, review);
    talk.open(here, { what: 'review' });
    await settled();
    expect([...root.querySelectorAll('input')].map((radio) => radio.checked)).toEqual([false, true, false]);
    document.body.append(root); // a radio button outside a page does not say that it changed
    root.querySelector('input')?.click();
    root.remove();
    press('confirm');
    await settled();
    expect(asked[1]).toMatchObject({ method: 'POST', path: 'courses/a%20b/reviews', body: { minutes: 5 } });
    expect(words()).toBe('A short review Two exercises on Filtering. About 8 minutes in all Keep the big ones Lesson one Start with the first Later');
  });

  test('a review in which nothing fits says so and offers more minutes', async () => {
    const { talk, words, press } = start(new ApiError(503, '', ''), { ...review, exercises: [], because: 'Nothing fits.' });
    talk.open(here, { what: 'review' });
    await settled();
    press('confirm');
    await settled();
    expect(words()).toContain('Nothing fits.');
    expect(words()).toContain('20 minutes');
  });

  test('who says too hard sees at once what may help, and can ask a person', async () => {
    const { talk, root, asked, words, happened } = start(help, null);
    talk.open(here, { what: 'too_hard', lesson: two });
    await settled();
    expect(asked).toMatchObject([{ method: 'POST', path: 'courses/a%20b/lessons/m/two/difficulties', body: {} }]);
    expect(words()).toContain('What may help with Two Good that you say so. Here is what may help. A look back This builds on text. Go back to it A person Ask a person.');
    const form = root.querySelector('form');
    const field = form?.querySelector('textarea');
    if (!form || !field) throw new Error('no form');
    field.value = 'Why a loop?';
    form.dispatchEvent(new SubmitEvent('submit', { cancelable: true }));
    await settled();
    expect(asked[1]).toMatchObject({ path: 'courses/a%20b/lessons/m/two/help-requests', body: { question: 'Why a loop?', shared: false } });
    expect(words()).toContain(text.help.sent);
    root.querySelector<HTMLElement>('[data-way="repair"] a')?.click();
    expect(happened).toEqual(['done', 'done', 'open Lesson one']);
  });

  test('an answer that comes after the dialog was closed opens nothing', async () => {
    const { talk, words } = start(help);
    talk.open(here, { what: 'too_hard', lesson: two });
    talk.close();
    await settled();
    expect([words(), talk.answer]).toEqual(['', null]);
  });
});
