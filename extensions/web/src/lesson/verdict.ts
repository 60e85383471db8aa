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

/** How well an answer went, in one word of ours. */
export function grade(view: Pick<ExerciseView, 'score' | 'max_score'>): 'correct' | 'partly' | 'notYet' {
  if (view.score >= view.max_score) return 'correct';
  return view.score > 0 ? 'partly' : 'notYet';
}

const ICONS: Record<ReturnType<typeof grade>, IconName> = { correct: 'check', partly: 'half', notYet: 'due' };

function testLines(tests: readonly Pick<TestView, 'passed' | 'message'>[], points: boolean): TemplateResult {
  return html`<ul class="tb-test-lines">
    ${tests.map((test, index) => {
      const scored = points ? (test as TestView) : null;
      return html`<li class=${test.passed ? 'tb-test-line tb-test-line--passed' : 'tb-test-line'}>
        ${icon(test.passed ? 'check' : 'cross')}
        <span>
          <span class="tb-test-line__name">${text.check.test(index + 1)}:</span>
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
    ${testLines(check.tests, false)}
    <p class="tb-result__note">${all ? text.check.notePassed : text.check.note}</p>
  </div>`;
}

export function journeyLine(journey: Journey, kind: 'verdict' | 'handIn' = 'verdict'): TemplateResult {
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
    ${waits ? icon('hourglass') : html`<span class="tb-spinner" aria-hidden="true"></span>`} ${words[journey]}
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
  if (view.graded_by_person || how === 'correct') return nothing;
  const words = view.latest ? text.verdict.kept(text.points(view.score, view.max_score)) : text.verdict.best;
  return html`<p class="tb-result__note">${words}</p>`;
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
  const title = view.graded_by_person ? text.verdict.graded : text.verdict[how];
  return html`<div class="tb-result tb-result--${how}">
    <p class="tb-result__title">
      ${icon(view.graded_by_person ? 'person' : ICONS[how])} ${title}
      <span class="tb-result__points">${text.points(shown.score, view.max_score)}</span>
    </p>
    ${shown.message ? html`<p>${shown.message}</p>` : nothing}
    ${shown.tests.length > 1 || shown.tests.some((test) => !test.passed && test.message !== shown.message)
      ? testLines(shown.tests, true)
      : nothing}
    ${comment(view)} ${note(view, how)}
  </div>`;
}
