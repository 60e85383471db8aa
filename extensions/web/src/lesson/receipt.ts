import { html, type TemplateResult } from 'lit';
import { text } from '../strings';

/** A quiet link to the proof that something was received. */
export function receiptLink(url: string): TemplateResult {
  return html`<p class="tb-receipt"><a href=${url} download title=${text.verdict.receiptHint}>${text.verdict.receipt}</a></p>`;
}
