import { html, nothing, type TemplateResult } from 'lit';
import { icon } from '../base/icons';
import { text } from '../strings';
import type { SaveState } from './drafts';

const ICONS = { saved: 'check', saving: 'hourglass', local: 'alert', conflict: 'alert', signed_out: 'alert' } as const;

/** Whether the learner's text is kept, and where. */
export function saveMark(state: SaveState): TemplateResult {
  const words = { ...text.save, signed_out: text.save.local };
  return html`<span class="tb-save tb-save--${state}" data-save=${state} title=${state === 'local' ? text.save.localHint : nothing}>
    ${icon(ICONS[state])} ${words[state]}
  </span>`;
}
