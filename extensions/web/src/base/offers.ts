import { html, nothing, type TemplateResult } from 'lit';
import { text } from '../strings';
import type { OfferView } from '../ways-types';

export interface OfferActions {
  /** Where a person can be asked from here; `sent` once a question was. */
  sent: boolean;
  busy: boolean;
  ask(question: string, shared: boolean): void;
  follow(event: MouseEvent, offer: OfferView): void;
}

function person(actions: OfferActions): TemplateResult {
  if (actions.sent) return html`<p role="status">${text.help.sent}</p>`;
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const data = new FormData(event.currentTarget as HTMLFormElement);
    actions.ask(String(data.get('question') ?? ''), data.get('shared') !== null);
  };
  return html`<form class="tb-ask" @submit=${submit}>
    <label class="tb-field">${text.help.question}<textarea class="tb-input" name="question" rows="3" maxlength="1000" required></textarea></label>
    <label class="tb-tick"><input type="checkbox" name="shared" /> ${text.help.share}</label>
    <button class="tb-button" aria-disabled=${actions.busy ? 'true' : nothing}>${text.help.send}</button>
  </form>`;
}

/** What may help, the nearest first; a person last, who can be asked right here. */
export function offerList(offers: readonly OfferView[], actions: OfferActions): TemplateResult {
  return html`<ul class="tb-offers">
    ${offers.map(
      (offer) => html`<li class="tb-offer" data-way=${offer.way}>
        <p class="tb-offer__way">${text.help.way[offer.way]}</p>
        <p>${offer.because}</p>
        ${offer.way === 'person'
          ? person(actions)
          : offer.url && offer.way !== 'peer'
            ? html`<a href=${offer.url} @click=${(event: MouseEvent) => actions.follow(event, offer)}>${text.help.go[offer.way]}</a>`
            : nothing}
      </li>`,
    )}
  </ul>`;
}
