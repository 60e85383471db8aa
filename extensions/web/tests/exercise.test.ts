import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { EditorView } from '@codemirror/view';
import { TbExercise, type ExerciseActions } from '../src/lesson/exercise';
import { text } from '../src/strings';
import type { ExerciseView } from '../src/types';
import { exercise } from './support';

beforeAll(() => {
  customElements.define('tb-exercise', TbExercise);
  // jsdom lays nothing out; the editor measures text with ranges.
  Element.prototype.scrollIntoView = () => undefined;
  Range.prototype.getClientRects = () => [] as unknown as DOMRectList;
  Object.defineProperty(document, 'fonts', { value: { ready: Promise.resolve() } });
});

let told: unknown[][];

const html = (kind = 'code', language = 'python'): string => `
  <tb-exercise id="exercise-tidy" data-exercise="tidy" data-kind="${kind}" data-title="One spelling" data-max-score="2" data-tests="tidy-test">
    <div class="tb-answer" data-cell="c1" data-grade-id="tidy" data-language="${language}">
      <pre class="highlight"><code><span class="k">def</span> tidy(): &lt;b&gt;\n</code></pre>
      <div class="tb-outputs" data-cell="c1"></div>
    </div>
    <details class="tb-tests"><summary>Tests</summary><pre>assert</pre></details>
  </tb-exercise>`;

function setUp(changes: Partial<ExerciseView> = {}, drafts = {}, markup = html()): TbExercise {
  document.body.innerHTML = markup;
  const element = document.querySelector<TbExercise>('tb-exercise');
  if (!element) throw new Error('no exercise');
  const actions = new Proxy({} as ExerciseActions, {
    get:
      (_target, name) =>
      (...values: unknown[]) =>
        told.push([name, ...values.filter((value) => value !== element)]),
  });
  element.setUp(exercise(changes), drafts, actions);
  return element;
}

const action = (name: string): HTMLButtonElement | null => document.querySelector(`[data-action="${name}"]`);
const words = (selector: string): string => (document.querySelector(selector)?.textContent ?? '').replace(/\s+/g, ' ').trim();
const type = (source: string): void => {
  const view = EditorView.findFromDOM(document.querySelector<HTMLElement>('.cm-editor') ?? document.body);
  view?.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: source } });
};

beforeEach(() => {
  told = [];
});

describe('answers', () => {
  test('the starter text becomes an editor with a name and a way out', () => {
    const element = setUp();
    expect(element.sources()).toEqual({ tidy: 'def tidy(): <b>' });
    const editor = document.querySelector('.cm-content');
    expect(editor?.getAttribute('aria-label')).toBe('Your answer to One spelling');
    expect(words(`#${editor?.getAttribute('aria-describedby') ?? ''}`)).toBe(text.exercise.editorHelp);
    expect(element.answered).toBe(false);
  });

  test('a draft stands in place of the starter text', () => {
    const element = setUp({}, { tidy: 'mine' });
    expect([element.sources(), element.answered]).toEqual([{ tidy: 'mine' }, true]);
  });

  test('typing is an edit, a text from elsewhere is not', () => {
    const element = setUp();
    type('x = 1');
    element.setSource('tidy', 'from elsewhere');
    expect(told).toEqual([['edit', 'tidy', 'x = 1']]);
    expect(element.sources()).toEqual({ tidy: 'from elsewhere' });
  });

  test('starting over brings the starter text back', () => {
    const element = setUp({}, { tidy: 'mine' });
    action('reset')?.click();
    expect(element.sources()).toEqual({ tidy: 'def tidy(): <b>' });
    expect(told).toContainEqual(['announce', text.exercise.resetDone]);
  });

  test('a Markdown answer has a preview', async () => {
    setUp({ kind: 'text', graded_by_person: true }, { tidy: '**b**' }, html('text', 'markdown'));
    const [write, preview] = document.querySelectorAll<HTMLButtonElement>('.tb-tab');
    preview?.click();
    await expect.poll(() => document.querySelector('.tb-preview strong')?.textContent).toBe('b');
    expect(document.querySelector<HTMLElement>('.tb-editor')?.hidden).toBe(true);
    write?.click();
    expect(document.querySelector<HTMLElement>('.tb-preview')?.hidden).toBe(true);
  });
});

describe('actions', () => {
  test('code runs, is checked and is submitted', () => {
    setUp();
    for (const name of ['run', 'check', 'submit']) action(name)?.click();
    expect(told).toEqual([['run'], ['check'], ['submit']]);
    expect(document.querySelectorAll('.tb-button--primary').length).toBe(1);
  });

  test('while code runs it can be stopped and not started again', () => {
    const element = setUp();
    element.setActivity('run');
    expect([action('run'), action('check')?.getAttribute('aria-disabled')]).toEqual([null, 'true']);
    action('check')?.click();
    action('stop')?.click();
    expect(told).toEqual([['stop']]);
    element.setActivity(null);
    expect(action('stop')).toBeNull();
  });

  test('the button that was pressed keeps the focus', () => {
    const element = setUp();
    action('run')?.focus();
    element.setActivity('run');
    expect(document.activeElement).toBe(action('stop'));
    action('submit')?.focus();
    element.setJourney('sending');
    expect(document.activeElement).toBe(action('submit'));
    action('submit')?.click();
    expect(told).toEqual([]);
  });

  test('an answer for a person is not submitted alone, and says what happens to it', () => {
    setUp({ kind: 'text', graded_by_person: true }, {}, html('text', 'markdown'));
    expect([action('run'), action('check'), action('submit')]).toEqual([null, null, null]);
    expect(words('.tb-toolbar')).toContain(text.verdict.personHint);
  });

  test('without visible tests there is no check', () => {
    setUp({}, {}, html().replace('data-tests="tidy-test"', 'data-tests=""'));
    expect(action('check')).toBeNull();
  });
});

describe('results', () => {
  test('an answer goes from sending over waiting and grading to its verdict', () => {
    const element = setUp();
    const seen = (['sending', 'waiting', 'grading'] as const).map((journey) => {
      element.setJourney(journey);
      return words('.tb-exercise__result');
    });
    element.graded(exercise({ state: 'graded', score: 2 }));
    expect(seen).toEqual([text.verdict.sending, text.verdict.waiting, text.verdict.grading]);
    expect(words('.tb-exercise__result')).toBe('Correct 2 of 2 points');
    expect(words('.tb-exercise__points')).toBe('2 of 2 points');
    expect(document.querySelector('.tb-exercise__result')?.getAttribute('role')).toBe('status');
  });

  test('an answer that was being graded before a reload still is', () => {
    setUp({ state: 'grading', attempt: 'a' });
    expect(words('.tb-exercise__result')).toBe(text.verdict.grading);
  });

  test('a check stands in place of an older verdict, and the next verdict in place of the check', () => {
    const element = setUp({ state: 'graded', score: 0 });
    element.setActivity('check');
    element.addTest({ grade_id: 'tidy-test', passed: true, message: '' });
    element.setActivity(null);
    element.endCheck(false);
    expect(words('.tb-exercise__result')).toContain('Check: all 1 test passes');
    expect(words('.tb-exercise__result')).not.toContain(text.verdict.notYet);
    element.graded(exercise({ state: 'graded', score: 2 }));
    expect(words('.tb-exercise__result')).toBe('Correct 2 of 2 points');
  });

  test('a refusal says why', () => {
    setUp().refuse({ status: 403, message: 'The lesson is locked again.' });
    expect(words('.tb-exercise__result')).toBe(`${text.verdict.refused} The lesson is locked again.`);
  });

  test('a conflict shows the other text and asks', () => {
    const element = setUp();
    element.setConflict('tidy', 'theirs <b>');
    expect(document.querySelector('.tb-conflict pre')?.textContent).toBe('theirs <b>');
    const [mine, theirs] = document.querySelectorAll<HTMLButtonElement>('.tb-conflict button');
    mine?.click();
    theirs?.click();
    expect(told).toEqual([
      ['keepMine', 'tidy'],
      ['useTheirs', 'tidy'],
    ]);
    element.setConflict('tidy', null);
    expect(document.querySelector('.tb-conflict')).toBeNull();
  });

  test('where the text is kept is always in words', () => {
    const element = setUp();
    const seen = (['saving', 'saved', 'local', 'conflict', 'signed_out'] as const).map((state) => {
      element.setSaveState(state);
      return words('.tb-save');
    });
    expect(seen).toEqual([text.save.saving, text.save.saved, text.save.local, text.save.conflict, text.save.local]);
  });
});
