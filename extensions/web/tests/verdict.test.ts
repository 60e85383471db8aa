import { render, type TemplateResult } from 'lit';
import { describe, expect, test } from 'vitest';
import { checkCard, grade, journeyLine, verdictCard } from '../src/lesson/verdict';
import { number, percent, problemText, text } from '../src/strings';
import type { TestView } from '../src/types';
import { exercise } from './support';

function shown(template: TemplateResult | symbol): HTMLElement {
  const root = document.createElement('div');
  render(template, root);
  return root;
}

const words = (element: Element | null): string => (element?.textContent ?? '').replace(/\s+/g, ' ').trim();

const line = (changes: Partial<TestView>): TestView => ({ grade_id: 't', passed: false, score: 0, max_score: 1, message: '', ...changes });

describe('verdictCard', () => {
  test('nothing before the first attempt', () => {
    expect(shown(verdictCard(exercise())).childElementCount).toBe(0);
  });

  test.each([
    [2, 'correct', text.verdict.correct],
    [0.5, 'partly', text.verdict.partly],
    [0, 'notYet', text.verdict.notYet],
  ])('%d of 2 points is %s', (score, kind, title) => {
    const view = exercise({ state: 'graded', score });
    expect(grade(view)).toBe(kind);
    const card = shown(verdictCard(view));
    expect(card.querySelector(`.tb-result--${kind}`)).not.toBeNull();
    expect(words(card.querySelector('.tb-result__title'))).toBe(`${title} ${number(score)} of 2 points`);
  });

  test('a worse new answer shows what it got and says that the better one counts', () => {
    const latest = { score: 0, message: 'Spaces are left.', tests: [line({ message: 'Try strip.' }), line({})] };
    const card = shown(verdictCard(exercise({ state: 'graded', score: 2, latest })));
    expect(words(card.querySelector('.tb-result--notYet .tb-result__title'))).toBe(`${text.verdict.notYet} 0 of 2 points`);
    expect(words(card)).toContain('Spaces are left.');
    expect([...card.querySelectorAll('li')].map(words)[0]).toBe('Test 1: Not yet · 0 of 1 point Try strip.');
    expect(words(card.querySelector('.tb-result__note'))).toBe(text.verdict.kept('2 of 2 points'));
  });

  test('each test says whether it passed, in words, with its points and what to do', () => {
    const tests = [line({ passed: true, score: 1, message: 'unused' }), line({ message: 'Try <b>.' })];
    const card = shown(verdictCard(exercise({ state: 'graded', score: 1, tests })));
    expect([...card.querySelectorAll('li')].map(words)).toEqual(['Test 1: Passed · 1 of 1 point', 'Test 2: Not yet · 0 of 1 point Try <b>.']);
  });

  test('an answer that waits for a person says so', () => {
    const card = shown(verdictCard(exercise({ state: 'needs_review', graded_by_person: true })));
    expect(words(card)).toBe(`${text.verdict.review} ${text.verdict.reviewBody}`);
  });

  test('a grader’s comment stands as it was written', () => {
    const card = shown(verdictCard(exercise({ state: 'graded', graded_by_person: true, score: 2, comment: 'Good.\n<i>' })));
    expect(card.querySelector('blockquote')?.textContent).toBe('Good.\n<i>');
    expect(words(card.querySelector('.tb-result__title'))).toBe('Graded 2 of 2 points');
  });
});

describe('checkCard', () => {
  test('counts the visible tests and says that it gives no points', () => {
    const tests = [
      { grade_id: 'a', passed: true, message: '' },
      { grade_id: 'b', passed: false, message: 'Almost.' },
    ];
    const card = shown(checkCard({ tests, broken: false, problem: '' }));
    expect(words(card.querySelector('.tb-result__title'))).toBe('Check: 1 of 2 tests pass');
    expect(words(card.querySelector('.tb-result__note'))).toBe(text.check.note);
    expect(words(card)).not.toContain('point ·');
  });

  test('all passed asks to submit', () => {
    const card = shown(checkCard({ tests: [{ grade_id: 'a', passed: true, message: '' }], broken: false, problem: '' }));
    expect(words(card)).toContain(text.check.notePassed);
  });

  test.each([
    [{ tests: [], broken: true, problem: '' }, text.check.error],
    [{ tests: [], broken: false, problem: '' }, text.check.none],
    [{ tests: [], broken: false, problem: 'Python is full.' }, 'Python is full.'],
  ])('%j', (check, sentence) => {
    expect(words(shown(checkCard(check)))).toBe(sentence);
  });
});

test('what is on its way is told apart for an answer and a lesson', () => {
  expect(words(shown(journeyLine('waiting')))).toBe(text.verdict.waiting);
  expect(words(shown(journeyLine('waiting', 'handIn')))).toBe(text.handIn.waiting);
});

test('numbers are written for people', () => {
  expect([number(2), number(2.5), number(1 / 3), percent(0.799), percent(0.8), percent(0.29)]).toEqual(['2', '2.5', '0.33', '79 %', '80 %', '29 %']);
});

test('a refusal is told in the server’s words, else in ours', () => {
  expect(problemText({ status: 403, message: 'It is locked.' })).toBe('It is locked.');
  expect(problemText({ status: 0, message: '' })).toBe(text.problems.offline);
  expect(problemText({ status: 413, message: '' })).toBe(text.problems.tooLarge);
  expect(problemText({ status: 503, message: '' })).toBe(text.problems.unavailable);
  expect(problemText({ status: 500, message: '' })).toContain('500');
});

describe('hidden tests', () => {
  const until = '2026-12-01T12:00:00+00:00';
  const withheld = (score: number, points: number, when: string | null = null): ReturnType<typeof exercise> =>
    exercise({ state: 'graded', score, max_score: 4, hidden: { tests: 2, points, until: when } });

  test('the points of the tests that are shown, and what is not shown and when', () => {
    const card = shown(verdictCard(withheld(2, 2, until)));
    expect(words(card.querySelector('.tb-result__title'))).toBe(`${text.verdict.visiblePassed} 2 of 2 points`);
    expect(words(card.querySelector('[data-hidden]'))).toMatch(/^2 hidden tests \(2 points\) are counted too; shown after .*2026/);
    expect(words(card)).toContain(text.verdict.best);
  });

  test('an answer of which nothing is shown is received, neither right nor wrong', () => {
    const card = shown(verdictCard(withheld(0, 4)));
    expect(words(card.querySelector('.tb-result__title'))).toBe(text.verdict.received);
    expect(words(card.querySelector('[data-hidden]'))).toBe('2 hidden tests (4 points) are counted too; they are not shown.');
  });

  test('a visible test that fails is told as ever', () => {
    expect(words(shown(verdictCard(withheld(0, 2))).querySelector('.tb-result__title'))).toBe('Not yet 0 of 2 points');
  });
});
