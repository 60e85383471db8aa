import { html, nothing, type TemplateResult } from 'lit';
import { icon } from '../base/icons';
import { text } from '../strings';
import type { CoursePath } from '../types';
import type { AskedView, SittingView } from '../ways-types';
import type { CourseWays } from './own-ways';
import type { Talk } from './talk';

export interface TodayOptions {
  talk: Talk;
  open(event: MouseEvent, title: string, url: string): void;
  retry(course: string): void;
}

/** One exercise of a test, with its lesson where that is not what the test is about. */
export function askedLink(sitting: SittingView, asked: AskedView, open: TodayOptions['open']): TemplateResult {
  const facts = [asked.lesson === sitting.lesson ? '' : asked.lesson_title, asked.skipped ? text.talk.skipped : ''].filter(Boolean);
  return html`<a href=${asked.url} @click=${(event: MouseEvent) => open(event, asked.lesson_title, asked.url)}>${asked.title}</a>
    ${facts.length ? html`<span class="tb-today__of">${facts.join(' · ')}</span>` : nothing}`;
}

function sittingCard(course: CoursePath, sitting: SittingView, options: TodayOptions): TemplateResult {
  const { talk } = options;
  const last = sitting.exercises.at(-1);
  const placing = sitting.purpose === 'placement';
  const shown = placing && last ? [last] : sitting.exercises;
  const { title, url } = sitting;
  return html`<section class="tb-today__card tb-card" data-sitting=${sitting.purpose}>
    <h3>${text.ways.underWay[sitting.purpose]}${title ? html`: ${title}` : nothing}</h3>
    <p>${sitting.because}</p>
    ${shown.length
      ? html`<ul class="tb-today__list">
          ${shown.map((asked) => html`<li>${askedLink(sitting, asked, options.open)}</li>`)}
        </ul>`
      : nothing}
    <div class="tb-today__row">
      ${!shown.length && title && url
        ? html`<a class="tb-button" href=${url} @click=${(event: MouseEvent) => options.open(event, title, url)}>${text.ways.openLesson}</a>`
        : nothing}
      ${placing && last && !last.skipped
        ? html`<button type="button" class="tb-button" data-action="skip" @click=${() => void talk.skip(course.name, sitting, last)}>${text.ways.skip}</button>`
        : nothing}
      <button type="button" class="tb-button tb-button--quiet" data-action="end" @click=${() => void talk.end(course.name, sitting)}>${text.ways.end}</button>
    </div>
  </section>`;
}

function reviewCard(course: CoursePath, { reviews }: CourseWays, talk: Talk): TemplateResult | typeof nothing {
  if (!reviews?.due.length) return nothing;
  return html`<section class="tb-today__card tb-card" data-reviews>
    <h3>${icon('due')} ${text.reviews.title}</h3>
    <p>${reviews.because}</p>
    <ul class="tb-today__list">
      ${reviews.due.map((due) => html`<li><strong>${due.title}</strong> <span class="tb-today__of">${due.because}</span></li>`)}
    </ul>
    <div class="tb-today__row">
      <button type="button" class="tb-button" data-action="review" @click=${() => talk.open(course, { what: 'review' })}>${text.reviews.start}</button>
    </div>
  </section>`;
}

/** What is under way or due in a course, above its path; nothing where there is nothing. */
export function today(course: CoursePath, ways: CourseWays, options: TodayOptions): TemplateResult | typeof nothing {
  const { talk } = options;
  const refused = talk.refusal && !talk.topic && talk.course === course.name;
  if (!ways.sittings.length && !ways.reviews?.due.length && !ways.failed && !refused) return nothing;
  return html`<div class="tb-today">
    <div role="alert">${refused ? html`<p class="tb-notice tb-notice--danger">${talk.refusal}</p>` : nothing}</div>
    ${ways.sittings.map((sitting) => sittingCard(course, sitting, options))} ${reviewCard(course, ways, talk)}
    ${ways.failed
      ? html`<p class="tb-notice" role="status">
          ${text.reviews.failed} <button type="button" class="tb-link" @click=${() => options.retry(course.name)}>${text.tryAgain}</button>
        </p>`
      : nothing}
  </div>`;
}
