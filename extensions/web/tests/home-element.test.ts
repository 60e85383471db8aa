import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { TrailbookHome } from '../src/home/home';
import { text } from '../src/strings';
import type { HomeView } from '../src/types';
import { course, home, lesson } from './support';
import { due, help, skill } from './support-own';

customElements.define('trailbook-home', TrailbookHome);

const locked = lesson({ key: 'm/two', name: 'two', title: 'Two', status: 'locked', because: 'Opens later.' });
const opened = { ...locked, status: 'open' as const, because: 'You reached 80 %.' };
const before = home([course([lesson(), locked])]);
const after = home([course([lesson({ status: 'mastered', score: 4 }), opened])]);

let answer: (url: string) => Response;
let live: ReadableStreamDefaultController<Uint8Array> | null;
let asked: string[];

const words = (selector: string): string => (document.querySelector(selector)?.textContent ?? '').replace(/\s+/g, ' ').trim();

beforeEach(() => {
  document.documentElement.dataset['baseUrl'] = '/services/a%40b/';
  live = null;
  asked = [];
  answer = () => Response.json(after);
  vi.stubGlobal('fetch', (url: string) => {
    asked.push(url);
    if (url.endsWith('/events')) return Promise.resolve(new Response(new ReadableStream({ start: (controller) => void (live = controller) })));
    return Promise.resolve(answer(url));
  });
});

afterEach(() => {
  document.body.replaceChildren(); // disconnects the element, which ends its stream
  vi.unstubAllGlobals();
});

function show(embedded: HomeView | null): void {
  const data = embedded ? `<script type="application/json" id="trailbook-data">${JSON.stringify(embedded)}</script>` : '';
  document.body.innerHTML = `${data}<trailbook-home></trailbook-home>`;
}

test('is usable at once from the data in the page', () => {
  show(before);
  expect(words('#tb-next-title')).toBe('Lesson one');
  expect(asked).toEqual(['/services/a%40b/api/v1/events']);
});

test('a lesson that opens is marked and announced, without a reload', async () => {
  show(before);
  await vi.waitFor(() => expect(live).not.toBeNull());
  live?.enqueue(new TextEncoder().encode('event: lesson_unlocked\ndata: {"course":"c","lesson":"m/two","data":{}}\n\n'));
  await vi.waitFor(() => expect(words('.tb-stop--fresh')).toContain('Two Just unlocked'));
  expect(words('p[role="status"]:last-child')).toBe(text.homePage.unlockedAnnouncement('Two', 'You reached 80 %.'));
  expect(words('#tb-next-title')).toBe('Two');
});

test('without data it loads, and says when it cannot', async () => {
  answer = () => new Response('', { status: 503 });
  show(null);
  expect(words('main')).toBe(text.homePage.loading);
  await vi.waitFor(() => expect(words('main h1')).toBe(text.homePage.failedTitle));
  answer = () => Response.json(before);
  document.querySelector<HTMLElement>('main button')?.click();
  await vi.waitFor(() => expect(words('#tb-next-title')).toBe('Lesson one'));
});

test('what is known stays when it can no longer be refreshed', async () => {
  show(before);
  await vi.waitFor(() => expect(live).not.toBeNull());
  live?.close();
  await vi.waitFor(() => expect(words('.tb-home__trouble')).toBe(text.homePage.stale));
  expect(words('#tb-next-title')).toBe('Lesson one');
});

test('"too hard" opens a dialog, and its answer takes the focus', async () => {
  HTMLDialogElement.prototype.showModal = function showModal() {
    this.open = true;
  };
  HTMLDialogElement.prototype.close = function close() {
    this.open = false;
    this.dispatchEvent(new Event('close'));
  };
  const page = home([course([lesson()], { skills: [skill()] })]);
  const parts: Record<string, unknown> = { home: page, reviews: due, sittings: { items: [] }, difficulties: help };
  answer = (url) => Response.json(parts[url.split('/').at(-1) ?? '']);
  show(page);
  document.querySelector<HTMLElement>('[data-action="too-hard"]')?.click();
  await vi.waitFor(() => expect(words('dialog')).toContain(help.because));
  expect(document.querySelector('dialog')?.open).toBe(true);
  expect(document.activeElement?.id).toBe('tb-talk-title');
  document.querySelector<HTMLElement>('dialog [data-action="close"]')?.click();
  expect([document.querySelector('dialog')?.open, words('dialog')]).toEqual([false, '']);
  await vi.waitFor(() => expect(asked.at(-1)).toMatch(/(reviews|sittings)$/)); // Home is asked for anew: the path may be another
});
