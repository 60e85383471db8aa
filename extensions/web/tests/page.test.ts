import { EditorView } from '@codemirror/view';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { Api } from '../src/base/api';
import { TbExercise } from '../src/lesson/exercise';
import { LessonPage } from '../src/lesson/page';
import { text } from '../src/strings';
import type { LessonState } from '../src/types';
import { exercise, lesson } from './support';

const LESSON = 'lessons/c/m/one';

/** A learner's server made of answers by "METHOD path", with a live stream that the test writes to. */
class Server {
  readonly asked: { route: string; body: unknown }[] = [];
  readonly routes: Record<string, () => Response> = {};
  private live: ReadableStreamDefaultController<Uint8Array> | null = null;

  readonly fetch = (input: string, init: RequestInit = {}): Promise<Response> => {
    const route = `${init.method ?? 'GET'} ${input.replace('/user/ada/trailbook/api/', '')}`;
    this.asked.push({ route, body: typeof init.body === 'string' ? JSON.parse(init.body) : undefined });
    if (route === 'GET events') return Promise.resolve(new Response(new ReadableStream({ start: (controller) => void (this.live = controller) })));
    const answer = this.routes[route];
    return Promise.resolve(answer ? answer() : new Response('', { status: 404 }));
  };

  tell(kind: string, data: object): void {
    this.live?.enqueue(new TextEncoder().encode(`event: ${kind}\ndata: ${JSON.stringify(data)}\n\n`));
  }

  bodies(route: string): unknown[] {
    return this.asked.filter((one) => one.route === route).map((one) => one.body);
  }
}

const next = lesson({ key: 'm/two', name: 'two', title: 'Two', status: 'locked', because: 'Opens later.', url: '/two' });

function state(changes: Partial<LessonState> = {}): LessonState {
  return {
    course: 'c',
    course_title: 'The course',
    home_url: '/',
    insecure: false,
    lesson: lesson(),
    version: { number: 7, sha256: 'x' },
    exercises: [exercise()],
    previous: null,
    next,
    handed_in_attempt: null,
    follows_learner: false,
    drafts: { revision: 1, cells: {} },
    outputs: { c1: [{ output_type: 'stream', name: 'stdout', text: 'from before' }] },
    ran: ['tidy'],
    kernel: { id: 'k', state: 'idle' },
    ...changes,
  };
}

const html = `
  <header class="tb-header"></header>
  <main><tb-exercise id="exercise-tidy" data-exercise="tidy" data-kind="code" data-title="One spelling" data-tests="tidy-test">
    <div class="tb-answer" data-cell="c1" data-grade-id="tidy" data-language="python"><pre><code>starter</code></pre>
      <div class="tb-outputs" data-cell="c1"></div></div>
  </tb-exercise></main>
  <footer><span class="tb-footer__next" data-lesson="m/two">Two</span><div class="tb-hand-in"></div></footer>`;

const words = (selector: string): string => (document.querySelector(selector)?.textContent ?? '').replace(/\s+/g, ' ').trim();
const press = (name: string): void => document.querySelector<HTMLButtonElement>(`[data-action="${name}"]`)?.click();
const ndjson = (...lines: object[]): Response => new Response(lines.map((line) => JSON.stringify(line)).join('\n'));

let server: Server;

beforeAll(() => {
  customElements.define('tb-exercise', TbExercise);
  Element.prototype.scrollIntoView = () => undefined;
  Range.prototype.getClientRects = () => [] as unknown as DOMRectList;
  Object.defineProperty(document, 'fonts', { value: { ready: Promise.resolve() } });
  HTMLDialogElement.prototype.showModal = function showModal() {
    this.open = true;
  };
  HTMLDialogElement.prototype.close = function close() {
    this.open = false;
  };
});

beforeEach(() => {
  localStorage.clear();
  document.body.innerHTML = html;
  server = new Server();
  server.routes[`POST ${LESSON}/kernel`] = () => ndjson({ type: 'kernel', id: 'k', state: 'idle' }, { type: 'done', status: 'ok' });
});

afterEach(() => vi.restoreAllMocks());

async function open(changes: Partial<LessonState> = {}): Promise<void> {
  server.routes[`GET ${LESSON}`] = () => Response.json(state(changes));
  new LessonPage(new Api('/user/ada/trailbook/api/', server.fetch), state(changes)).start();
  await vi.waitFor(() => expect(words('.tb-kernel [role="status"]')).toBe(text.kernel.idle));
}

const graded = exercise({ state: 'graded', score: 2 });

describe('the lesson page', () => {
  test('shows after a reload what was there before it, and attaches the same kernel', async () => {
    await open({ exercises: [graded], drafts: { revision: 1, cells: { tidy: 'mine' } } });
    expect(words('.tb-outputs')).toBe('from before');
    expect(words('.cm-content')).toBe('mine');
    expect(words('.tb-exercise__result')).toBe('Correct 2 of 2 points');
    expect(words('[data-points]')).toBe('0 of 4 points');
    expect(words('.tb-notices')).toBe('');
  });

  test('an answer is sent with the version it was written for, and its verdict comes live', async () => {
    server.routes[`POST ${LESSON}/attempts`] = () => Response.json({ id: 'at', status: 'queued' }, { status: 202 });
    await open();
    press('submit');
    await vi.waitFor(() => expect(words('.tb-exercise__result')).toBe(text.verdict.grading));
    expect(server.bodies(`POST ${LESSON}/attempts`)).toMatchObject([{ exercise: 'tidy', version: 7, cells: { tidy: 'starter' } }]);
    const data = { attempt: { id: 'at' }, exercise: graded, lesson: lesson({ score: 2 }) };
    server.tell('attempt_graded', { course: 'c', lesson: 'm/one', exercise: 'tidy', data });
    await vi.waitFor(() => expect(words('.tb-exercise__result')).toBe('Correct 2 of 2 points'));
    expect(words('[data-points]')).toBe('2 of 4 points');
  });

  test('a lesson that is only lent says what counts, and a placement where it goes on', async () => {
    await open({ lesson: lesson({ status: 'locked' }) });
    expect(words('[data-news]')).toContain(text.page.lent);
    server.tell('question_asked', { course: 'c', lesson: 'm/two', exercise: 'b', data: { lesson: next } });
    await vi.waitFor(() => expect(words('[data-news]')).toBe('The next question is in Two. Go there Close'));
    server.tell('sitting_ended', { course: 'c', lesson: 'm/two', data: { purpose: 'test_out', known: ['m/two'], lesson: next } });
    await vi.waitFor(() => expect(words('[data-news]')).toBe('You know Two: it counts as mastered. Go to Home Close'));
  });

  test('struggle that the service notices brings help to its exercise', async () => {
    server.routes[`GET ${LESSON}/help?exercise=tidy`] = () => Response.json({ struggles: true, signs: [], because: 'This one is hard.', offers: [] });
    await open();
    expect(words('.tb-help')).toBe('');
    server.tell('struggle_noticed', { course: 'c', lesson: 'm/one', exercise: 'tidy', data: {} });
    await vi.waitFor(() => expect(words('.tb-help')).toBe('What may help This one is hard. Close'));
  });

  test('tests show up one by one while the answer is graded, and the verdict alone is announced', async () => {
    const two = exercise({ test_cells: ['tidy-test', 'more'] });
    const line = { score: 1, max_score: 1, message: '', mode: 'separate' };
    const tell = (grade_id: string, attempt = 'at'): void =>
      server.tell('test_ended', { course: 'c', lesson: 'm/one', exercise: 'tidy', data: { ...line, attempt, grade_id } });
    await open({ exercises: [{ ...two, state: 'grading', attempt: 'at' }] }); // as after a reload in the middle
    tell('tidy-test', 'of another tab');
    tell('more');
    await vi.waitFor(() => expect(words('.tb-result--stream')).toBe('Test 2: Passed · 1 of 1 point'));
    tell('tidy-test');
    await vi.waitFor(() => expect(words('.tb-result--stream')).toContain('Test 1: Passed · 1 of 1 point Test 2'));
    expect(document.querySelector('[role="status"] .tb-result--stream')).toBeNull();
    expect(words('.tb-exercise__result')).toBe(text.verdict.grading);
    const data = { attempt: { id: 'at' }, exercise: { ...two, state: 'graded', score: 2 }, lesson: lesson() };
    server.tell('attempt_graded', { course: 'c', lesson: 'm/one', exercise: 'tidy', data });
    await vi.waitFor(() => expect(words('.tb-exercise__result')).toBe('Correct 2 of 2 points'));
    expect(document.querySelector('.tb-result--stream')).toBeNull();
    tell('more');
    await vi.waitFor(() => expect(document.querySelector('.tb-result--stream')).toBeNull());
  });

  test('an answer that comes too soon counts down on the button, keeps the text, and is announced once', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] });
    const refusal = { message: 'Wait.', code: 'too_many_attempts', details: { seconds: 2 } };
    server.routes[`POST ${LESSON}/attempts`] = () => Response.json(refusal, { status: 429 });
    await open({ drafts: { revision: 1, cells: { tidy: 'mine' } } });
    press('submit');
    const button = (): Element | null => document.querySelector('[data-action="submit"]');
    await vi.waitFor(() => expect(button()?.getAttribute('aria-disabled')).toBe('true'));
    await vi.waitFor(() => expect(words('.tb-pause')).toBe(text.pause.too_many_attempts(2)));
    expect(button()?.getAttribute('aria-describedby')).toBe(document.querySelector('.tb-pause')?.id);
    expect(document.querySelector('[role="status"] .tb-pause')).toBeNull();
    const voice = (): string => words('p.tb-visually-hidden[role="status"]');
    expect(voice()).toBe(text.pause.too_many_attempts(2));
    vi.advanceTimersByTime(1000);
    expect(words('.tb-pause')).toBe(text.pause.too_many_attempts(1));
    expect(voice()).toBe(text.pause.too_many_attempts(2));
    expect(words('.cm-content')).toBe('mine');
    vi.advanceTimersByTime(1000);
    expect(document.querySelector('.tb-pause')).toBeNull();
    expect(button()?.hasAttribute('aria-disabled')).toBe(false);
    expect(voice()).toBe(text.pause.over);
    vi.useRealTimers();
  });

  test('what was received leads to its receipt', async () => {
    await open({ exercises: [{ ...graded, attempt: 'a/t', has_receipt: true }], handed_in_attempt: 'sub', lesson: lesson({ handed_in: true }) });
    const links = [...document.querySelectorAll<HTMLAnchorElement>('.tb-receipt a')].map((link) => link.getAttribute('href'));
    expect(links).toEqual(['/user/ada/trailbook/api/attempts/a%2Ft/receipt', '/user/ada/trailbook/api/attempts/sub/receipt']);
  });

  test('a lesson that opens is told with its reason, and the way to it opens, without a reload', async () => {
    await open();
    const opened = { ...next, status: 'open', because: 'You reached 80 %.' };
    server.tell('lesson_unlocked', { course: 'c', lesson: 'm/two', data: { because: 'You reached 80 %.', lesson: opened } });
    await vi.waitFor(() => expect(words('.tb-unlocked-place')).toBe('A new lesson is open Two You reached 80 %. Stay here'));
    expect(document.querySelector('.tb-footer__next')?.getAttribute('href')).toBe('/two');
    document.querySelector<HTMLElement>('.tb-unlocked button')?.click();
    expect(words('.tb-unlocked-place')).toBe('');
  });

  test('while the service is down the answer waits, and goes when it is back', async () => {
    let up = false;
    server.routes[`POST ${LESSON}/attempts`] = () =>
      up ? Response.json({ id: 'at', status: 'queued' }, { status: 202 }) : Response.json({ code: 'service_unavailable' }, { status: 503 });
    await open();
    server.tell('service', { up: false });
    await vi.waitFor(() => expect(words('.tb-notices')).toBe(text.page.serviceDown));
    press('submit');
    await vi.waitFor(() => expect(words('.tb-exercise__result')).toBe(text.verdict.waiting));
    up = true;
    server.tell('service', { up: true });
    await vi.waitFor(() => expect(words('.tb-exercise__result')).toBe(text.verdict.grading));
    expect(words('.tb-notices')).toBe('');
    const keys = server.bodies(`POST ${LESSON}/attempts`).map((body) => (body as { key: string }).key);
    expect([keys.length, new Set(keys).size]).toEqual([2, 1]);
  });

  test('a run shows its output where the code is, a check its tests', async () => {
    server.routes[`POST ${LESSON}/run`] = () =>
      ndjson({ type: 'start', cell: 'c1' }, { type: 'output', cell: 'c1', output: { output_type: 'stream', name: 'stdout', text: 'new' } }, { type: 'done', status: 'ok' });
    server.routes[`POST ${LESSON}/check`] = () =>
      ndjson({ type: 'test', exercise: 'tidy', grade_id: 'tidy-test', passed: false, message: 'Almost.' }, { type: 'done', status: 'ok' });
    await open();
    press('run');
    await vi.waitFor(() => expect(words('.tb-outputs')).toBe('new'));
    await vi.waitFor(() => expect(document.querySelector('[data-action="run"]')).not.toBeNull());
    press('check');
    await vi.waitFor(() => expect(words('.tb-exercise__result')).toContain('Check: 0 of 1 test passes Test 1: Not yet Almost.'));
  });

  test('code that already runs can be stopped', async () => {
    let end: () => void = () => undefined;
    server.routes[`POST ${LESSON}/kernel`] = () => {
      const body = new ReadableStream<Uint8Array>({
        start: (controller) => {
          const lines = [{ type: 'kernel', id: 'k', state: 'idle' }, { type: 'update', cell: 'c1', outputs: [] }];
          controller.enqueue(new TextEncoder().encode(lines.map((line) => `${JSON.stringify(line)}\n`).join('')));
          end = () => {
            controller.enqueue(new TextEncoder().encode('{"type":"done","status":"aborted"}\n'));
            controller.close();
          };
        },
      });
      return new Response(body);
    };
    server.routes[`POST ${LESSON}/interrupt`] = () => {
      end();
      return new Response(null, { status: 204 });
    };
    await open();
    await vi.waitFor(() => expect(document.querySelector('[data-action="stop"]')).not.toBeNull());
    press('stop');
    await vi.waitFor(() => expect(document.querySelector('[data-action="run"]')).not.toBeNull());
    expect(server.bodies(`POST ${LESSON}/interrupt`).length).toBe(1);
  });

  test('handing in asks once, says what is unanswered, and tells when it is done', async () => {
    server.routes[`POST ${LESSON}/submissions`] = () => Response.json({ id: 's', status: 'queued' }, { status: 202 });
    await open();
    press('hand-in');
    expect(words('dialog')).toContain('0 of 1 exercise answered');
    expect(words('dialog li')).toBe('One spelling');
    expect(server.bodies(`POST ${LESSON}/submissions`)).toEqual([]);
    press('confirm-hand-in');
    await vi.waitFor(() => expect(words('.tb-hand-in [role="status"]')).toBe(text.handIn.grading));
    server.tell('submission_graded', { course: 'c', lesson: 'm/one', data: { attempt: { id: 's' }, lesson: lesson({ handed_in: true }) } });
    await vi.waitFor(() => expect(words('.tb-hand-in [role="status"]')).toBe(text.handIn.accepted));
    expect(words('[data-action="hand-in"]')).toBe(text.handIn.again);
  });

  test('a grader’s points and comment appear while the page is open', async () => {
    await open();
    const data = { exercise: exercise({ state: 'graded', score: 1, comment: 'Half of it.' }), lesson: lesson({ score: 1 }) };
    server.tell('manual_grade', { course: 'c', lesson: 'm/one', exercise: 'tidy', data });
    await vi.waitFor(() => expect(words('.tb-comment blockquote')).toBe('Half of it.'));
  });

  test('a kernel that went away is told, with what was lost', async () => {
    await open();
    server.tell('kernel', { course: 'c', lesson: 'm/one', state: 'none', reason: 'culled' });
    await vi.waitFor(() => expect(words('.tb-notices')).toContain(text.kernel.culled));
    expect(words('.tb-kernel [role="status"]')).toBe(text.kernel.none);
  });

  test('a new version is offered, never forced', async () => {
    await open();
    server.tell('lesson_released', { course: 'c', lesson: 'm/one', data: { version: 8 } });
    await vi.waitFor(() => expect(words('.tb-notices')).toContain(text.page.newVersion));
    expect(words('.tb-notices button')).toBe(text.page.reload);
  });

  test('typing is kept on this device at once', async () => {
    await open();
    const view = EditorView.findFromDOM(document.querySelector<HTMLElement>('.cm-editor') ?? document.body);
    view?.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: 'x = 1' } });
    const kept = Object.entries(localStorage).find(([name]) => name.endsWith(':drafts'))?.[1] as string;
    expect((JSON.parse(kept) as { cells: object }).cells).toEqual({ tidy: 'x = 1' });
  });
});
