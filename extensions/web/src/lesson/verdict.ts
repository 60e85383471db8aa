import { html, nothing, type TemplateResult } from 'lit';
import { icon, type IconName } from '../base/icons';
import { text } from '../strings';
import type { ExerciseView, TestView } from '../types';

export type Journey = 'sending' | 'waiting' | 'grading' | 'slow';

export interface CheckResult {
  tests: { grade_id: string; passed: boolean; message: string }[];
  /** The learner's code failed before the tests could run. */
  broken: boolean;
  problem: string;
}

/** The points there are to see: all but those of tests whose verdicts are withheld. */
export function shownMax(view: Pick<ExerciseView, 'max_score' | 'hidden'>): number {
  return view.max_score - (view.hidden?.points ?? 0);
}

/** How well an answer went, in one word of ours. */
export function grade(view: Pick<ExerciseView, 'score' | 'max_score' | 'hidden'>): 'correct' | 'partly' | 'notYet' {
  if (view.score >= shownMax(view)) return 'correct';
  return view.score > 0 ? 'partly' : 'notYet';
}

const ICONS: Record<ReturnType<typeof grade>, IconName> = { correct: 'check', partly: 'half', notYet: 'due' };

/** One line a test, each called by its place in the exercise, so that it keeps its name while others are on their way. */
export function testLines(
  tests: readonly Pick<TestView, 'grade_id' | 'passed' | 'message'>[],
  order: readonly string[],
  points: boolean,
): TemplateResult {
  const place = (test: { grade_id: string }): number => order.indexOf(test.grade_id);
  const sorted = [...tests].sort((one, other) => place(one) - place(other));
  return html`<ul class="tb-test-lines">
    ${sorted.map((test, index) => {
      const scored = points ? (test as TestView) : null;
      const number = place(test) < 0 ? index : place(test);
      return html`<li class=${test.passed ? 'tb-test-line tb-test-line--passed' : 'tb-test-line'}>
        ${icon(test.passed ? 'check' : 'cross')}
        <span>
          <span class="tb-test-line__name">${text.check.test(number + 1)}:</span>
          ${test.passed ? text.check.passed : text.check.failed}${scored ? html` · ${text.points(scored.score, scored.max_score)}` : nothing}
          ${test.message && !test.passed ? html`<span class="tb-test-line__message">${test.message}</span>` : nothing}
        </span>
      </li>`;
    })}
  </ul>`;
}

/** What the visible tests said in the learner's own kernel; it never counts, and says so. */
export function checkCard(check: CheckResult): TemplateResult {
  const passed = check.tests.filter((test) => test.passed).length;
  const all = check.tests.length > 0 && passed === check.tests.length;
  if (check.problem) return html`<div class="tb-card-line">${check.problem}</div>`;
  if (check.broken && !check.tests.length) return html`<div class="tb-card-line">${icon('alert')} ${text.check.error}</div>`;
  if (!check.tests.length) return html`<div class="tb-card-line">${text.check.none}</div>`;
  return html`<div class="tb-result tb-result--check">
    <p class="tb-result__title">${text.check.title(passed, check.tests.length)}</p>
    ${testLines(check.tests, [], false)}
    <p class="tb-result__note">${all ? text.check.notePassed : text.check.note}</p>
  </div>`;
}

/** What happens to an answer now; `why` is the service's own sentence where it waits in line. */
export function journeyLine(journey: Journey, kind: 'verdict' | 'handIn' = 'verdict', why = ''): TemplateResult {
  const words: Record<Journey, string> =
    kind === 'handIn'
      ? { sending: text.handIn.sending, waiting: text.handIn.waiting, grading: text.handIn.grading, slow: text.verdict.gradingSlow }
      : {
          sending: text.verdict.sending,
          waiting: text.verdict.waiting,
          grading: text.verdict.grading,
          slow: text.verdict.gradingSlow,
        };
  const waits = journey === 'waiting';
  return html`<p class=${waits ? 'tb-journey tb-journey--waiting' : 'tb-journey'}>
    ${waits ? icon('hourglass') : html`<span class="tb-spinner" aria-hidden="true"></span>`} <span>${why || words[journey]}</span>
  </p>`;
}

function comment(view: ExerciseView): TemplateResult | typeof nothing {
  if (!view.comment) return nothing;
  return html`<figure class="tb-comment">
    <figcaption>${text.verdict.comment}</figcaption>
    <blockquote>${view.comment}</blockquote>
  </figure>`;
}

function note(view: ExerciseView, how: ReturnType<typeof grade>): TemplateResult | typeof nothing {
  if (view.graded_by_person || (how === 'correct' && !view.hidden)) return nothing;
  const words = view.latest ? text.verdict.kept(text.points(view.score, shownMax(view))) : text.verdict.best;
  return html`<p class="tb-result__note">${words}</p>`;
}

function title(view: ExerciseView, how: ReturnType<typeof grade>): string {
  if (view.graded_by_person) return text.verdict.graded;
  if (!view.hidden || how !== 'correct') return text.verdict[how];
  return shownMax(view) > 0 ? text.verdict.visiblePassed : text.verdict.received;
}

/** That hidden tests count too, and when they are shown. */
export function hiddenNote(view: ExerciseView): TemplateResult | typeof nothing {
  if (!view.hidden) return nothing;
  const { tests, points, until } = view.hidden;
  const day = until ? new Date(until).toLocaleString('en', { dateStyle: 'medium', timeStyle: 'short' }) : '';
  return html`<p class="tb-result__note" data-hidden>${text.verdict.hidden(tests, points, day)}</p>`;
}

/** The course service's verdict on an exercise; nothing before the first attempt. */
export function verdictCard(view: ExerciseView): TemplateResult | typeof nothing {
  if (view.state === 'needs_review') {
    return html`<div class="tb-result tb-result--review">
      <p class="tb-result__title">${icon('person')} ${text.verdict.review}</p>
      <p>${view.message || (view.graded_by_person ? text.verdict.reviewBody : text.verdict.reviewFailed)}</p>
      ${comment(view)}
    </div>`;
  }
  if (view.state !== 'graded') return nothing;
  const shown = { ...view, ...view.latest };
  const how = grade(shown);
  const unseen = Boolean(view.hidden) && shownMax(view) <= 0;
  return html`<div class="tb-result tb-result--${how}">
    <p class="tb-result__title">
      ${icon(view.graded_by_person ? 'person' : unseen ? 'hourglass' : ICONS[how])} ${title(view, how)}
      ${unseen ? nothing : html`<span class="tb-result__points">${text.points(shown.score, shownMax(view))}</span>`}
    </p>
    ${shown.message ? html`<p>${shown.message}</p>` : nothing}
    ${shown.tests.length > 1 || shown.tests.some((test) => !test.passed && test.message !== shown.message)
      ? testLines(shown.tests, view.test_cells, true)
      : nothing}
    ${hiddenNote(view)} ${comment(view)} ${note(view, how)}
  </div>`;
}
