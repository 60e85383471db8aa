import { render } from 'lit';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ApiError } from '../src/base/api';
import { isNew, leadCourse, newlyOpen } from '../src/home/news';
import { NOTHING } from '../src/home/own-ways';
import { failedTemplate, homeTemplate, type HomeOptions } from '../src/home/view';
import { Workspace } from '../src/home/workspace';
import { text } from '../src/strings';
import type { HomeView, ServerState } from '../src/types';
import { course, fakeApi, home, lesson, type Answer } from './support';

const one = lesson({ status: 'mastered', score: 4 });
const two = lesson({ key: 'm/two', name: 'two', title: 'Two', status: 'in_progress', because: 'You are in the middle of it.', score: 1 });
const three = lesson({
  key: 'm/three',
  name: 'three',
  title: 'Three',
  status: 'locked',
  because: 'Opens when you reach 80 % in Two.',
  requirements: [{ lesson: 'm/two', title: 'Two', needed: 0.8, reached: 0.25, met: false }],
});

describe('news', () => {
  test('lessons that were locked and are open now', () => {
    const before = home([course([one, three])]);
    const after = home([course([one, { ...three, status: 'open' }])]);
    expect([...newlyOpen(before, after).keys()]).toEqual(['c/m/three']);
    expect(newlyOpen(after, after).size).toBe(0);
  });

  test('a course that was begun leads, else the first with a next lesson', () => {
    const done = course([one], { name: 'done', next: null });
    const untouched = course([lesson()], { name: 'untouched' });
    const begun = course([one, two], { name: 'begun' });
    expect(leadCourse([done, untouched, begun])?.name).toBe('begun');
    expect(leadCourse([done, untouched])?.name).toBe('untouched');
    expect(leadCourse([done])).toBeNull();
  });

  test('who has done nothing yet is new', () => {
    expect([isNew([course([lesson(), three])]), isNew([course([two])])]).toEqual([true, false]);
  });
});

describe('Home', () => {
  let opened: string[];

  function show(view: HomeView, changes: Partial<HomeOptions> = {}): HTMLElement {
    const root = document.createElement('div');
    const options: HomeOptions = {
      workspace: null,
      talk: null,
      waysOf: () => NOTHING,
      preferencesOf: () => {
        throw new Error('a course that goes by points has no preferences');
      },
      reload: (name) => opened.push(`reload ${name}`),
      fresh: new Set(),
      trouble: '',
      signedOut: false,
      retry: () => opened.push('retry'),
      open: (event, title) => {
        event.preventDefault();
        opened.push(title);
      },
      ...changes,
    };
    render(homeTemplate(view, options), root);
    return root;
  }

  const words = (element: Element | null | undefined): string => (element?.textContent ?? '').replace(/\s+/g, ' ').trim();

  beforeEach(() => {
    opened = [];
  });

  test('one big action: the next lesson, why, and how long', () => {
    const root = show(home([course([one, two, three])]));
    expect(words(root.querySelector('h1'))).toBe(`Welcome back, te<s'&">t ü`);
    expect(words(root.querySelector('.tb-next'))).toBe('Next lesson · The course Two You are in the middle of it. Continue lesson 6 min');
    root.querySelector<HTMLElement>('[data-action="next"]')?.click();
    expect(opened).toEqual(['Two']);
    expect(root.querySelectorAll('.tb-button--primary').length).toBe(1);
  });

  test('every lesson says its status in words, and a locked one what opens it and how far it is', () => {
    const root = show(home([course([{ ...one, handed_in: true }, two, three])]));
    expect([...root.querySelectorAll('.tb-stop')].map(words)).toEqual([
      'Lesson one Mastered · 6 min · 4 of 4 points · Handed in',
      'Two In progress · 6 min · 1 of 4 points',
      'Three Locked · 6 min · 4 points Opens when you reach 80 % in Two. Two: 25 % of the 80 % needed',
    ]);
    const locked = root.querySelector('[data-status="locked"]');
    expect(locked?.querySelector('a')).toBeNull();
    expect(locked?.querySelector('progress')?.value).toBeCloseTo(0.3125);
  });

  test('a lesson that has just opened is marked and says why', () => {
    const open = { ...three, status: 'open' as const, because: 'You reached 80 % in Two.' };
    const root = show(home([course([one, open])]), { fresh: new Set(['c/m/three']) });
    expect(words(root.querySelector('.tb-stop--fresh'))).toBe('Three Just unlocked Open · 6 min · 0 of 4 points You reached 80 % in Two.');
  });

  test('staff find their way', () => {
    const root = show(home([course([one], { name: 'a c', roles: ['grader'], staff_url: '/services/staff-c/' })]));
    const links = [...root.querySelectorAll('.tb-staff')].map((link) => link.getAttribute('href'));
    expect(links).toEqual(['/services/staff-c/', 'courses/a%20c/class']);
  });

  test('who finished everything is told so', () => {
    const root = show(home([course([one], { next: null, finished: true })]));
    expect(words(root.querySelector('.tb-next h2'))).toBe('You finished The course');
  });

  test('no course, no lesson, no service', () => {
    expect(words(show(home([])))).toContain(text.homePage.emptyBody);
    expect(words(show(home([course([])])))).toContain(text.homePage.noLessons);
    const root = document.createElement('div');
    render(
      failedTemplate(() => opened.push('again')),
      root,
    );
    root.querySelector('button')?.click();
    expect([words(root.querySelector('h1')), opened]).toEqual([text.homePage.failedTitle, ['again']]);
  });

  test('trouble stands above what is known', () => {
    const root = show(home([course([one])]), { trouble: text.homePage.signedOut, signedOut: true });
    root.querySelector<HTMLElement>('.tb-home__trouble button')?.click();
    expect([words(root.querySelector('.tb-home__trouble')), opened]).toEqual(['You are signed out. Sign in again', ['retry']]);
  });
});

describe('Workspace', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  function workspace(state: ServerState, ...answers: Answer[]) {
    const visited: string[] = [];
    const { api, asked } = fakeApi(...answers);
    const made = new Workspace(api, { state, url: '' }, { change: () => undefined, navigate: (url) => visited.push(url) });
    return { workspace: made, visited, asked };
  }

  test('a ready server is not started, and a lesson opens at once', async () => {
    const { workspace: made, visited, asked } = workspace('ready', {});
    await made.start();
    made.open('Two', '/two');
    expect([visited, asked]).toEqual([['/two'], []]);
  });

  test('a lesson chosen while the server starts opens by itself', async () => {
    const { workspace: made, visited, asked } = workspace('stopped', { state: 'starting' }, new ApiError(502, '', ''), { state: 'starting' }, { state: 'ready' });
    await made.start();
    made.open('Two', '/two');
    expect([made.state, made.opening, visited]).toEqual(['starting', { title: 'Two', url: '/two', long: false }, []]);
    await vi.advanceTimersByTimeAsync(5000);
    expect([made.state, visited]).toEqual(['ready', ['/two']]);
    expect(asked.map(({ method }) => method)).toEqual(['POST', 'GET', 'GET', 'GET']);
  });

  test('staying on Home after all opens nothing', async () => {
    const { workspace: made, visited } = workspace('stopped', { state: 'starting' }, { state: 'ready' });
    await made.start();
    made.open('Two', '/two');
    made.cancel();
    await vi.advanceTimersByTimeAsync(5000);
    expect([made.state, visited]).toEqual(['ready', []]);
  });

  test('a long wait is said, and one without end is a failure that can be tried again', async () => {
    const { workspace: made } = workspace('stopped', { state: 'starting' });
    await made.start();
    made.open('Two', '/two');
    await vi.advanceTimersByTimeAsync(20_000);
    expect(made.opening?.long).toBe(true);
    await vi.advanceTimersByTimeAsync(120_000);
    expect(made.state).toBe('failed');
  });

  test('a server that may not be started is a failure at once', async () => {
    const { workspace: made } = workspace('stopped', new ApiError(403, 'not_allowed', 'no'));
    await made.start();
    expect(made.state).toBe('failed');
  });
});
