import { render } from 'lit';
import { describe, expect, test } from 'vitest';
import { ApiError } from '../src/base/api';
import { OwnWays, type CourseWays } from '../src/home/own-ways';
import { PreferencesForm, preferencesPanel } from '../src/home/preferences';
import { Talk } from '../src/home/talk';
import { homeTemplate, type HomeOptions } from '../src/home/view';
import { text } from '../src/strings';
import type { CoursePath } from '../src/types';
import { due, sitting, skill, unseen } from './support-own';
import { course, fakeApi, home, lesson, settled, type Answer } from './support';

const tidy = (element: Element | null | undefined): string => (element?.textContent ?? '').replace(/\s+/g, ' ').trim();

function show(paths: CoursePath[], ways: Partial<CourseWays> = {}, ...answers: Answer[]) {
  const { api, asked } = fakeApi(...answers);
  const happened: string[] = [];
  const talk = new Talk(api, { change: () => undefined, done: () => happened.push('done'), navigate: () => undefined });
  const options: HomeOptions = {
    workspace: null,
    talk,
    waysOf: () => ({ reviews: null, sittings: [], failed: false, ...ways }),
    preferencesOf: (name) => new PreferencesForm(api, name, { change: () => undefined, saved: () => undefined }),
    reload: (name) => happened.push(`reload ${name}`),
    fresh: new Set(),
    trouble: '',
    signedOut: false,
    retry: () => undefined,
    open: (event, title) => {
      event.preventDefault();
      happened.push(`open ${title}`);
    },
  };
  const root = document.createElement('div');
  const draw = (): void => void render(homeTemplate(home(paths), options), root);
  draw();
  const press = (selector: string): void => root.querySelector<HTMLElement>(selector)?.click();
  return { root, talk, asked, happened, press, draw, words: (selector: string) => tidy(root.querySelector(selector)) };
}

const begun = lesson({ status: 'in_progress' });
const locked = lesson({ key: 'm/two', name: 'two', title: 'Two', status: 'locked', because: 'Opens with Filtering.', minutes_to_open: 14 });
const following = course([begun, locked], { skills: [skill(), unseen('median', 'Median')] });

describe('a course that follows its learner', () => {
  test('shows each skill with what it is believed for, and what is still ahead', () => {
    const { root, words } = show([following]);
    expect([...root.querySelectorAll('.tb-skill')].map(tidy)).toEqual([
      'Filtering You hold this, about 7 of 10 You solved 4 of 5 on Filtering, last on Tuesday.',
    ]);
    expect(root.querySelector('.tb-way__walked')?.getAttribute('x2')).toBe(String(1.5 + 97 * 0.79));
    expect(words('.tb-ahead')).toBe('Median');
  });

  test('before the first answer it says when skills show up, and folds many away', () => {
    const many = ['a', 'b', 'c', 'd', 'e'].map((name) => unseen(name, name));
    const { root, words } = show([course([lesson()], { skills: many })]);
    expect(words('.tb-skills__legend')).toBe(text.skills.none);
    expect(words('.tb-skills summary')).toBe('Still ahead: 5 skills');
    expect(root.querySelectorAll('.tb-ahead li').length).toBe(5);
  });

  test('a locked lesson says about how many minutes away it is', () => {
    expect(show([following]).words('[data-status="locked"] .tb-stop__because')).toBe('Opens with Filtering. About 14 min of work away.');
  });

  test('how far a condition is shows a meter only once its lesson is begun', () => {
    const needs = (key: string) => ({ lesson: key, title: key, needed: 0.7, reached: 0.63, met: false });
    const last = { ...locked, key: 'm/last', requirements: [needs('m/one'), needs('m/two')] };
    const { words } = show([course([begun, locked, last], { skills: [skill()] })]);
    expect(words('[data-lesson="m/last"] .tb-needs')).toBe('m/one: 63 % of the 70 % needed');
  });

  test('a lesson offers what fits its status, and nothing before its release', () => {
    const offered = (changes: Parameters<typeof lesson>[0]): (string | undefined)[] => {
      const { root } = show([course([lesson(changes)], { skills: [skill()] })]);
      return [...root.querySelectorAll<HTMLElement>('.tb-menu button')].map((button) => button.dataset['action']);
    };
    expect(offered({ status: 'locked' })).toEqual(['know', 'ahead']);
    expect(offered({ status: 'open' })).toEqual(['know', 'too-hard']);
    expect(offered({ status: 'mastered' })).toEqual(['too-hard']);
    expect(offered({ status: 'locked', version: null })).toEqual([]);
  });

  test('"I know this" and "too hard" are asked for the lesson they stand at', () => {
    const { talk, press } = show([following], {}, new ApiError(0, 'offline', ''));
    press('[data-lesson="m/two"] [data-action="know"]');
    expect(talk.topic).toEqual({ what: 'test_out', lesson: { key: 'm/two', title: 'Two' } });
    press('.tb-next [data-action="too-hard"]');
    expect(talk.topic).toEqual({ what: 'too_hard', lesson: { key: 'm/one', title: 'Lesson one' } });
  });

  test('Escape folds a lesson’s menu away and keeps the keyboard where it was', () => {
    const { root } = show([following]);
    document.body.append(root);
    const menu = root.querySelector<HTMLDetailsElement>('.tb-menu');
    if (!menu) throw new Error('no menu');
    menu.open = true;
    menu.querySelector('button')?.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }));
    expect([menu.open, document.activeElement]).toEqual([false, menu.querySelector('summary')]);
    root.remove();
  });

  test('a next step that is a review starts one, and what else there is can be taken instead', () => {
    const step = { lesson: 'm/one', title: 'Review Filtering', minutes: 6, because: 'It fades.', url: '/one', kind: 'review' as const };
    const other = { ...step, title: 'Two', because: 'Something new.', kind: 'lesson' as const };
    const { root, talk, press, words, happened } = show([{ ...following, next: step, alternatives: [other] }], {}, new ApiError(0, '', ''));
    expect(words('.tb-next')).toBe('Time for a review · The course Review Filtering It fades. Start the review 6 min Something else instead Two 6 min Something new.');
    press('.tb-next__instead a');
    press('.tb-next__row [data-action="next"]');
    expect([happened, talk.topic]).toEqual([['open Two'], { what: 'review' }]);
    expect(root.querySelector('.tb-next__own')).toBeNull();
  });

  test('who is new may find their place; who has begun is not asked', () => {
    const fresh = course([lesson()], { skills: [unseen('median', 'Median')] });
    const { talk, press } = show([fresh]);
    press('[data-action="placement"]');
    expect(talk.topic).toEqual({ what: 'placement', lesson: null });
    const placing = sitting({ purpose: 'placement' });
    for (const { root } of [show([following]), show([fresh], { sittings: [placing] })]) expect(root.querySelector('[data-action="placement"]')).toBeNull();
  });

  test('what is due and under way stands above the path', async () => {
    const { talk, press, words, asked, happened, draw } = show([following], { reviews: due, sittings: [sitting()] }, new ApiError(409, '', 'It has ended.'));
    expect(words('[data-reviews]')).toBe('Worth refreshing A few minutes now save you from learning it again later. Filtering It fades a little. Start a review');
    expect(words('[data-sitting]')).toBe('Testing out: Two So far 1 of 2 right. First question Second question End this');
    press('[data-sitting] a');
    press('[data-action="end"]');
    await settled();
    draw();
    expect(asked).toMatchObject([{ method: 'PUT', path: 'courses/c/sittings/s%201/end' }]);
    expect(words('.tb-today [role="alert"]')).toBe('It has ended.');
    expect(happened).toEqual(['open Two']);
    press('[data-action="review"]');
    expect(talk.topic).toEqual({ what: 'review' });
  });

  test('a placement shows the question it waits for, which can be skipped', async () => {
    const placing = sitting({ purpose: 'placement', lesson: null, title: null, url: null });
    const { press, words, asked } = show([following], { sittings: [placing] }, placing);
    expect(words('[data-sitting]')).toBe('Finding your place So far 1 of 2 right. Second question Two I do not know this one End this');
    press('[data-action="skip"]');
    await settled();
    expect(asked).toMatchObject([{ method: 'POST', path: 'courses/c/sittings/s%201/skips', body: { lesson: 'm/two', exercise: 'b' } }]);
  });

  test('practice leads back into its lesson', () => {
    const practice = sitting({ purpose: 'practice', exercises: [] });
    expect(show([following], { sittings: [practice] }).words('[data-sitting]')).toBe('Looking ahead: Two So far 1 of 2 right. Open the lesson End this');
  });

  test('what could not be loaded is said, and asked for again', () => {
    const { words, press, happened } = show([following], { failed: true });
    expect(words('.tb-today')).toBe(`${text.reviews.failed} Try again`);
    press('.tb-today button');
    expect(happened).toEqual(['reload c']);
  });
});

test('a course that goes by points looks as ever', () => {
  const { root } = show([course([begun, locked])], { reviews: due, sittings: [sitting()], failed: true });
  for (const part of ['.tb-skills', '.tb-menu', '.tb-preferences', '.tb-today', '.tb-next__own', '.tb-next__instead']) expect(root.querySelector(part)).toBeNull();
});

describe('what is under way', () => {
  test('is asked for where the course follows its learner, and only what lasts is kept', async () => {
    const { api, asked } = fakeApi(due, { items: [sitting(), sitting({ id: 'old', ended_at: '2026-03-03T10:00:00+00:00' })] });
    const ways = new OwnWays(api, () => undefined);
    await ways.load([following, course([lesson()], { name: 'points' })]);
    expect(asked.map(({ path }) => path)).toEqual(['courses/c/reviews', 'courses/c/sittings']);
    expect(ways.of('c')).toEqual({ reviews: due, sittings: [sitting()], failed: false });
  });

  test('stays shown when it cannot be refreshed', async () => {
    const { api } = fakeApi(due, { items: [] }, new ApiError(503, '', ''));
    const ways = new OwnWays(api, () => undefined);
    await ways.loadOne('c');
    await ways.loadOne('c');
    expect(ways.of('c')).toEqual({ reviews: due, sittings: [], failed: true });
  });
});

describe('preferences', () => {
  function panel(...answers: Answer[]) {
    const { api, asked } = fakeApi(...answers);
    const root = document.createElement('div');
    let saved = 0;
    const form: PreferencesForm = new PreferencesForm(api, 'c', {
      change: () => render(preferencesPanel('c', form), root),
      saved: () => (saved += 1),
    });
    const submit = (): void => void root.querySelector('form')?.dispatchEvent(new SubmitEvent('submit', { cancelable: true }));
    return { form, root, asked, submit, saved: () => saved };
  }

  const kept = { first: null, pace: 'steady', minutes_a_day: null };

  test('are asked for when opened, and kept as chosen', async () => {
    const chosen = { first: 'read', pace: 'steady', minutes_a_day: 20 };
    const { form, root, asked, submit, saved } = panel(kept, chosen);
    await form.load();
    root.querySelector<HTMLInputElement>('[value="read"]')?.click();
    const minutes = root.querySelector<HTMLInputElement>('[name="minutes"]');
    if (minutes) minutes.value = '20';
    submit();
    await settled();
    expect(asked).toMatchObject([
      { method: 'GET', path: 'courses/c/preferences' },
      { method: 'PUT', body: chosen },
    ]);
    expect([tidy(root.querySelector('[role="status"]')), saved()]).toEqual([text.preferences.saved, 1]);
    root.querySelector('form')?.dispatchEvent(new Event('input'));
    expect(tidy(root.querySelector('[role="status"]'))).toBe('');
  });

  test('a refusal is said and nothing is taken for saved', async () => {
    const { form, root, submit, saved } = panel(kept, new ApiError(422, 'bad_preferences', 'Plan 5 to 240 minutes a day, or none.'));
    await form.load();
    submit();
    await settled();
    expect([tidy(root.querySelector('[role="alert"]')), saved()]).toEqual(['Plan 5 to 240 minutes a day, or none.', 0]);
  });

  test('what cannot be loaded can be tried again', async () => {
    const { form, root } = panel(new ApiError(503, '', ''), kept);
    await form.load();
    root.querySelector<HTMLElement>('[role="alert"] button')?.click();
    await settled();
    expect(root.querySelectorAll('input[type="radio"]').length).toBe(7);
  });
});
