import { html, nothing, render } from 'lit';
import { icon } from '../base/icons';
import { problemText, text } from '../strings';
import type { ExerciseView, LessonView } from '../types';
import { receiptLink } from './receipt';
import { journeyLine, type Journey } from './verdict';

/** The lesson's end: hand it in, after one question, and see that it was. */
export class HandIn {
  private journey: Journey | null = null;
  private waitsFor = '';
  private accepted = false;
  private refusal = '';

  constructor(
    private readonly place: HTMLElement,
    private lesson: LessonView,
    private readonly exercises: () => { view: ExerciseView; answered: boolean }[],
    private readonly send: () => void,
    private receipt: string | null = null,
  ) {
    this.draw();
  }

  setLesson(lesson: LessonView): void {
    this.lesson = lesson;
    this.draw();
  }

  /** The address of the receipt of what was handed in last. */
  setReceipt(url: string): void {
    this.receipt = url;
    this.draw();
  }

  setJourney(journey: Journey | null, why = ''): void {
    this.journey = journey;
    this.waitsFor = why;
    if (journey) this.refusal = '';
    this.draw();
  }

  /** The submission is written and graded. */
  done(): void {
    this.journey = null;
    this.accepted = true;
    this.draw();
  }

  refuse(error: { status: number; message: string }): void {
    this.journey = null;
    this.refusal = problemText(error);
    this.draw();
  }

  private draw(): void {
    const handedIn = Boolean(this.lesson.handed_in) || this.accepted;
    const all = this.exercises();
    const missing = all.filter((exercise) => !exercise.answered);
    render(
      html`<div class="tb-hand-in__row">
          <button type="button" class="tb-button" data-action="hand-in" aria-disabled=${this.busy ? 'true' : nothing} @click=${this.ask}>
            ${handedIn ? text.handIn.again : text.handIn.button}
          </button>
          ${handedIn && !this.journey ? html`<span class="tb-hand-in__done">${icon('check')} ${text.handIn.done}</span>` : nothing}
          ${handedIn && !this.journey && this.receipt ? receiptLink(this.receipt) : nothing}
        </div>
        <div role="status">
          ${this.journey ? journeyLine(this.journey, 'handIn', this.waitsFor) : nothing}
          ${this.accepted && !this.journey ? html`<p class="tb-hand-in__note">${text.handIn.accepted}</p>` : nothing}
          ${this.refusal
            ? html`<div class="tb-notice tb-notice--danger"><strong>${text.handIn.refused}.</strong> ${this.refusal}</div>`
            : nothing}
        </div>
        <dialog class="tb-dialog" aria-labelledby="tb-hand-in-title">
          <h2 id="tb-hand-in-title">${text.handIn.title}</h2>
          <p>${text.handIn.body}</p>
          <p>${text.handIn.answered(all.length - missing.length, all.length)}</p>
          ${missing.length
            ? html`<p>${text.handIn.unanswered}</p>
                <ul>
                  ${missing.map(({ view }) => html`<li>${view.title}</li>`)}
                </ul>`
            : nothing}
          <div class="tb-actions">
            <button type="button" class="tb-button tb-button--primary" data-action="confirm-hand-in" @click=${this.confirm}>${text.handIn.confirm}</button>
            <button type="button" class="tb-button" @click=${this.close}>${text.cancel}</button>
          </div>
        </dialog>`,
      this.place,
    );
  }

  private get busy(): boolean {
    return this.journey !== null && this.journey !== 'waiting';
  }

  private readonly ask = (): void => {
    if (this.busy) return;
    this.draw();
    this.place.querySelector('dialog')?.showModal();
  };

  private readonly close = (): void => {
    this.place.querySelector('dialog')?.close();
  };

  private readonly confirm = (): void => {
    this.close();
    this.send();
  };
}
