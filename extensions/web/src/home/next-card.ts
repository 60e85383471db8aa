import { html, nothing, type TemplateResult } from 'lit';
import { icon } from '../base/icons';
import { text } from '../strings';
import type { CoursePath, LessonView, NextStep } from '../types';
import { followsLearner } from './own-ways';
import type { Talk } from './talk';

export interface NextOptions {
  talk: Talk | null;
  open(event: MouseEvent, title: string, url: string): void;
}

const lessonOf = (course: CoursePath, key: string): LessonView | undefined =>
  course.modules.flatMap((module) => module.lessons).find((lesson) => lesson.key === key);

/** The way into one step: a link to its lesson, or the review's first question. */
export function stepAction(course: CoursePath, step: NextStep, options: NextOptions, look: { class: string; label: unknown }): TemplateResult {
  if (step.kind === 'review') {
    return html`<button type="button" class=${look.class} data-action="next" @click=${() => options.talk?.open(course, { what: 'review' })}>
      ${look.label}
    </button>`;
  }
  return html`<a
    class=${look.class}
    data-action="next"
    href=${step.url}
    @click=${(event: MouseEvent) => options.open(event, step.title, step.url)}
    >${look.label}</a
  >`;
}

function ownWays(course: CoursePath, step: NextStep, talk: Talk): TemplateResult | typeof nothing {
  if (step.kind === 'review' || !followsLearner(course)) return nothing;
  const place = { key: step.lesson, title: step.title };
  const known = ['mastered', 'due'].includes(lessonOf(course, step.lesson)?.status ?? '');
  return html`<span class="tb-next__own">
    ${known
      ? nothing
      : html`<button type="button" class="tb-link" data-action="know" title=${text.ways.knowHint} @click=${() => talk.open(course, { what: 'test_out', lesson: place })}>
          ${text.ways.know}
        </button>`}
    <button type="button" class="tb-link" data-action="too-hard" title=${text.ways.tooHardHint} @click=${() => talk.open(course, { what: 'too_hard', lesson: place })}>
      ${text.ways.tooHard}
    </button>
  </span>`;
}

function instead(course: CoursePath, options: NextOptions): TemplateResult | typeof nothing {
  if (!course.alternatives.length) return nothing;
  return html`<details class="tb-next__instead">
    <summary>${text.next.instead}</summary>
    <ul>
      ${course.alternatives.map(
        (step) => html`<li>
          ${stepAction(course, step, options, { class: 'tb-link', label: step.title })}
          <span class="tb-next__minutes">${text.minutes(step.minutes)}</span>
          <p>${step.because}</p>
        </li>`,
      )}
    </ul>
  </details>`;
}

/** The one big action of the page: what next, why, how long, and what else there is. */
export function nextCard(course: CoursePath, options: NextOptions, workspace: unknown): TemplateResult | typeof nothing {
  const { next } = course;
  if (!next) return nothing;
  const begun = lessonOf(course, next.lesson)?.status === 'in_progress';
  const label = next.kind === 'review' ? text.next.startReview : begun ? text.homePage.goOn : text.homePage.start;
  return html`<section class="tb-next" aria-labelledby="tb-next-title">
    <p class="tb-next__kicker">${text.next[next.kind]} · ${course.title}</p>
    <h2 id="tb-next-title">${next.title}</h2>
    <p class="tb-next__because">${next.because}</p>
    <div class="tb-next__row">
      ${stepAction(course, next, options, { class: 'tb-button tb-button--primary tb-button--large', label: html`${label} ${icon('arrow')}` })}
      <span class="tb-next__minutes">${text.minutes(next.minutes)}</span>
      ${options.talk ? ownWays(course, next, options.talk) : nothing}
    </div>
    ${instead(course, options)}
    <div role="status">${workspace}</div>
  </section>`;
}
