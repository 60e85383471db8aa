import { html, type TemplateResult } from 'lit';
import { text } from '../strings';

/** One notice for each answer cell that was also changed elsewhere, with the other text and the choice. */
export function conflictNotices(
  conflicts: ReadonlyMap<string, string>,
  actions: { keepMine(cell: string): void; useTheirs(cell: string): void },
): TemplateResult {
  return html`${[...conflicts].map(
    ([cell, theirs]) => html`<div class="tb-notice tb-notice--warn tb-conflict" role="alert">
      <strong>${text.save.conflictTitle}</strong>
      <p>${text.save.conflictBody}</p>
      <details>
        <summary>${text.save.theirs}</summary>
        <pre tabindex="0">${theirs}</pre>
      </details>
      <div class="tb-toolbar__buttons">
        <button type="button" class="tb-button" @click=${() => actions.keepMine(cell)}>${text.save.keepMine}</button>
        <button type="button" class="tb-button" @click=${() => actions.useTheirs(cell)}>${text.save.useTheirs}</button>
      </div>
    </div>`,
  )}`;
}
