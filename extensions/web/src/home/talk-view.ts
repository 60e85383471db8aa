import { html, nothing, type TemplateResult } from 'lit';
import { offerList } from '../base/offers';
import { text } from '../strings';
import type { HelpView, ReviewView, SittingView } from '../ways-types';
import { REVIEW_MINUTES, type Talk, type Topic } from './talk';
import { askedLink } from './today';

type Open = (event: MouseEvent, title: string, url: string) => void;

function titleOf(topic: Topic): string {
  if (topic.what === 'review') return text.talk.review;
  if (topic.what === 'placement') return text.talk.placement;
  return text.talk[topic.what](topic.lesson?.title ?? '');
}

function buttons(talk: Talk, confirm: string): TemplateResult {
  return html`<div class="tb-actions">
    <button
      type="button"
      class="tb-button tb-button--primary"
      data-action="confirm"
      aria-disabled=${talk.busy ? 'true' : nothing}
      @click=${() => void talk.confirm()}
    >
      ${talk.busy ? text.talk.busy : confirm}
    </button>
    <button type="button" class="tb-button" data-action="close" @click=${() => talk.close()}>${text.talk.notNow}</button>
  </div>`;
}

function minutes(talk: Talk): TemplateResult {
  return html`<fieldset class="tb-choices">
    <legend>${text.talk.reviewBody}</legend>
    ${REVIEW_MINUTES.map(
      (count) => html`<label class="tb-choice">
        <input type="radio" name="minutes" .checked=${talk.minutes === count} @change=${() => talk.setMinutes(count)} />
        ${text.talk.reviewMinutes(count)}
      </label>`,
    )}
  </fieldset>`;
}

function question(talk: Talk, topic: Topic): TemplateResult {
  if (topic.what === 'too_hard') {
    return talk.busy ? html`<p role="status"><span class="tb-spinner" aria-hidden="true"></span> ${text.talk.busy}</p>` : closing(talk, text.close);
  }
  if (topic.what === 'review') return html`${minutes(talk)} ${buttons(talk, text.talk.reviewStart)}`;
  return html`<p>${text.talk[`${topic.what}Body`]}</p>
    ${buttons(talk, text.talk[`${topic.what}Start`])}`;
}

function closing(talk: Talk, label: string, first?: { title: string; url: string; open: Open }): TemplateResult {
  return html`<div class="tb-actions">
    ${first
      ? html`<a class="tb-button tb-button--primary" data-action="first" href=${first.url} @click=${(event: MouseEvent) => first.open(event, first.title, first.url)}>
          ${text.talk.first}
        </a>`
      : nothing}
    <button type="button" class="tb-button" data-action="close" @click=${() => talk.close()}>${label}</button>
  </div>`;
}

function sittingAnswer(talk: Talk, sitting: SittingView, open: Open): TemplateResult {
  const first = sitting.ended_at === null ? sitting.exercises.find((asked) => !asked.skipped) : undefined;
  return html`<p>${sitting.because}</p>
    ${first
      ? html`<p class="tb-dialog__label">${text.talk.asked}</p>
          <ol class="tb-today__list">
            ${sitting.exercises.map((asked) => html`<li>${askedLink(sitting, asked, open)}</li>`)}
          </ol>`
      : nothing}
    ${first ? closing(talk, text.talk.later, { title: first.lesson_title, url: first.url, open }) : closing(talk, text.talk.done)}`;
}

function reviewAnswer(talk: Talk, review: ReviewView, open: Open): TemplateResult {
  const [first] = review.exercises;
  if (!first) return html`<p>${review.because || text.talk.reviewEmpty}</p>
      ${minutes(talk)} ${buttons(talk, text.talk.reviewStart)}`;
  return html`<p>${review.because}</p>
    <p class="tb-dialog__label">${text.talk.aboutMinutes(review.minutes)}</p>
    <ol class="tb-today__list">
      ${review.exercises.map(
        (each) => html`<li>
          <a href=${each.url} @click=${(event: MouseEvent) => open(event, each.lesson_title, each.url)}>${each.title}</a>
          <span class="tb-today__of">${each.lesson_title}</span>
        </li>`,
      )}
    </ol>
    ${closing(talk, text.talk.later, { title: first.lesson_title, url: first.url, open })}`;
}

function helpAnswer(talk: Talk, help: HelpView, open: Open): TemplateResult {
  return html`<p>${help.because}</p>
    ${offerList(help.offers, {
      sent: talk.sent,
      busy: talk.busy,
      ask: (asked, shared) => void talk.askPerson(asked, shared),
      follow: (event, offer) => open(event, talk.titleOf(offer.lesson), offer.url ?? ''),
    })}
    ${closing(talk, text.close)}`;
}

/** The dialog of what is talked about; `Home` opens and closes the element as the topic comes and goes. */
export function talkDialog(talk: Talk, openLink: Open): TemplateResult {
  const { topic, answer } = talk;
  const open: Open = (event, title, url) => {
    openLink(event, title, url);
    if (event.defaultPrevented) talk.close();
  };
  const answered =
    answer === null
      ? nothing
      : 'sitting' in answer
        ? sittingAnswer(talk, answer.sitting, open)
        : 'help' in answer
          ? helpAnswer(talk, answer.help, open)
          : reviewAnswer(talk, answer.review, open);
  return html`<dialog class="tb-dialog" aria-labelledby="tb-talk-title" @close=${() => talk.close()}>
    ${topic
      ? html`<h2 id="tb-talk-title" tabindex="-1">${titleOf(topic)}</h2>
          <div role="alert">${talk.refusal ? html`<p class="tb-notice tb-notice--danger">${talk.refusal}</p>` : nothing}</div>
          ${answer ? answered : question(talk, topic)}`
      : nothing}
  </dialog>`;
}
