import { html, nothing, render, type TemplateResult } from 'lit';
import { ApiError, type Api } from '../base/api';
import { offerList } from '../base/offers';
import { problemText, text } from '../strings';
import type { HelpView, OfferView } from '../ways-types';

export interface HelpOptions {
  api: Api;
  /** The lesson's part of the API. */
  path: string;
  /** The lesson, as `module/lesson`. */
  lesson: string;
  /** Whether the learner can say "too hard"; what is noticed is offered help for anyway. */
  asked: boolean;
  announce(message: string): void;
}

/** The end of one exercise: "too hard?", and what may help. */
export class ExerciseHelp {
  private readonly place = document.createElement('div');
  private help: HelpView | null = null;
  private busy = false;
  private sent = false;
  private refusal = '';

  constructor(
    private readonly exercise: HTMLElement,
    private readonly id: string,
    private readonly options: HelpOptions,
  ) {
    this.place.className = 'tb-help';
    exercise.append(this.place);
    this.draw();
  }

  /** The learner says that it is too hard; the answer takes the focus. */
  async tooHard(): Promise<void> {
    await this.ask(() => this.options.api.post<HelpView>(`${this.options.path}/difficulties`, { exercise: this.id }));
    this.place.querySelector<HTMLElement>('.tb-help__title')?.focus();
  }

  /** The course service noticed that the learner struggles: what may help is shown, and disturbs nothing. */
  async noticed(): Promise<void> {
    await this.ask(() => this.options.api.get<HelpView>(`${this.options.path}/help?exercise=${encodeURIComponent(this.id)}`));
    if (this.help) this.options.announce(this.help.because);
  }

  private async askPerson(question: string, shared: boolean): Promise<void> {
    if (!question.trim()) return;
    await this.ask(async () => {
      await this.options.api.post(`${this.options.path}/help-requests`, { exercise: this.id, question, shared });
      this.sent = true;
      return this.help;
    });
  }

  private async ask(act: () => Promise<HelpView | null>): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.refusal = '';
    this.draw();
    try {
      this.help = await act();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.refusal = problemText(error);
    }
    this.busy = false;
    this.draw();
  }

  private readonly close = (): void => {
    this.help = null;
    this.sent = false;
    this.draw();
    this.place.querySelector<HTMLElement>('[data-action="too-hard"]')?.focus();
  };

  /** A worked example of this very page is gone to; the page is not loaded anew. */
  private follow(event: MouseEvent, offer: OfferView): void {
    if (offer.way !== 'example' || offer.lesson !== this.options.lesson) return;
    const examples = [...document.querySelectorAll<HTMLElement>('.tb-example')];
    const before = examples.filter((each) => each.compareDocumentPosition(this.exercise) & Node.DOCUMENT_POSITION_FOLLOWING);
    const example = before.at(-1) ?? examples[0];
    if (!example) return;
    event.preventDefault();
    example.tabIndex = -1;
    example.focus({ preventScroll: true });
    example.scrollIntoView({ block: 'center' });
  }

  private draw(): void {
    render(
      html`${this.help ? this.panel(this.help) : this.options.asked ? this.button() : nothing}
        <div role="alert">${this.refusal ? html`<p class="tb-notice tb-notice--danger">${this.refusal}</p>` : nothing}</div>`,
      this.place,
    );
  }

  private button(): TemplateResult {
    return html`<button
      type="button"
      class="tb-help__ask"
      data-action="too-hard"
      title=${text.help.buttonHint}
      aria-disabled=${this.busy ? 'true' : nothing}
      @click=${() => void this.tooHard()}
    >
      ${this.busy ? text.talk.busy : text.help.button}
    </button>`;
  }

  private panel(help: HelpView): TemplateResult {
    return html`<section class="tb-help__panel" aria-labelledby="help-${this.id}">
      <h3 class="tb-help__title" id="help-${this.id}" tabindex="-1">${text.help.title}</h3>
      <p>${help.because}</p>
      ${offerList(help.offers, {
        sent: this.sent,
        busy: this.busy,
        ask: (question, shared) => void this.askPerson(question, shared),
        follow: (event, offer) => this.follow(event, offer),
      })}
      <button type="button" class="tb-button" data-action="close-help" @click=${this.close}>${text.close}</button>
    </section>`;
  }
}
