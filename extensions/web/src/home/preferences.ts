import { html, nothing, type TemplateResult } from 'lit';
import { ApiError, type Api } from '../base/api';
import { icon } from '../base/icons';
import { problemText, text } from '../strings';
import type { Format, Pace, PreferencesView } from '../ways-types';
import { coursePath } from './own-ways';

const FORMATS = ['any', 'read', 'watch', 'practise'] as const;
const PACES = ['calm', 'steady', 'brisk'] as const;

/** A learner's preferences in one course: asked for when they are looked at, kept when saved. */
export class PreferencesForm {
  kept: PreferencesView | null = null;
  state: 'idle' | 'loading' | 'saving' | 'saved' = 'idle';
  refusal = '';

  constructor(
    private readonly api: Api,
    private readonly course: string,
    private readonly on: {
      change(): void;
      /** They were kept: what is shown first may be another. */
      saved(): void;
    },
  ) {}

  load(): Promise<void> {
    if (this.kept || this.state === 'loading') return Promise.resolve();
    return this.ask('loading', 'idle', () => this.api.get<PreferencesView>(this.path));
  }

  async save(wanted: PreferencesView): Promise<void> {
    if (this.state === 'saving') return;
    await this.ask('saving', 'saved', () => this.api.put<PreferencesView>(this.path, wanted));
    if (!this.refusal) this.on.saved();
  }

  /** Note that the form says something else than what is kept. */
  changed(): void {
    if (this.state !== 'saved') return;
    this.state = 'idle';
    this.on.change();
  }

  private get path(): string {
    return `${coursePath(this.course)}/preferences`;
  }

  private async ask(during: 'loading' | 'saving', after: 'idle' | 'saved', act: () => Promise<PreferencesView>): Promise<void> {
    this.state = during;
    this.refusal = '';
    this.on.change();
    try {
      this.kept = await act();
      this.state = after;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.refusal = problemText(error);
      this.state = 'idle';
    }
    this.on.change();
  }
}

function wanted(form: HTMLFormElement): PreferencesView {
  const data = new FormData(form);
  const minutes = String(data.get('minutes') ?? '').trim();
  const first = String(data.get('first'));
  return {
    first: first === 'any' ? null : (first as Format),
    pace: String(data.get('pace')) as Pace,
    minutes_a_day: minutes ? Number(minutes) : null,
  };
}

function choices<Value extends string>(legend: string, name: string, values: readonly Value[], chosen: Value, labels: Record<Value, string>): TemplateResult {
  return html`<fieldset class="tb-choices">
    <legend>${legend}</legend>
    ${values.map(
      (value) => html`<label class="tb-choice"><input type="radio" name=${name} value=${value} ?checked=${value === chosen} /> ${labels[value]}</label>`,
    )}
  </fieldset>`;
}

function fields(course: string, form: PreferencesForm, kept: PreferencesView): TemplateResult {
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    void form.save(wanted(event.currentTarget as HTMLFormElement));
  };
  return html`<form @submit=${submit} @input=${() => form.changed()}>
    ${choices(text.preferences.first, 'first', FORMATS, kept.first ?? 'any', text.preferences.firsts)}
    ${choices(text.preferences.pace, 'pace', PACES, kept.pace, text.preferences.paces)}
    <label class="tb-field">
      ${text.preferences.minutes}
      <input class="tb-input tb-input--number" type="number" inputmode="numeric" name="minutes" min="5" max="240" step="1" value=${kept.minutes_a_day ?? ''} aria-describedby="minutes-${course}" />
      <span class="tb-field__hint" id="minutes-${course}">${text.preferences.minutesHint}</span>
    </label>
    <div class="tb-preferences__row">
      <button class="tb-button" data-action="save-preferences" aria-disabled=${form.state === 'saving' ? 'true' : nothing}>
        ${form.state === 'saving' ? text.preferences.saving : text.preferences.save}
      </button>
      <span role="status">${form.state === 'saved' ? html`${icon('check')} ${text.preferences.saved}` : nothing}</span>
    </div>
  </form>`;
}

/** The learner's own choice of format, pace and time, folded away until asked for. */
export function preferencesPanel(course: string, form: PreferencesForm): TemplateResult {
  const opened = (event: Event): void => {
    if ((event.currentTarget as HTMLDetailsElement).open) void form.load();
  };
  return html`<details class="tb-fold tb-preferences" @toggle=${opened}>
    <summary>${text.preferences.title}</summary>
    <p class="tb-field__hint">${text.preferences.hint}</p>
    <div role="alert">
      ${form.refusal
        ? html`<p class="tb-notice tb-notice--danger">
            ${form.refusal}
            ${form.kept ? nothing : html`<button type="button" class="tb-link" @click=${() => void form.load()}>${text.tryAgain}</button>`}
          </p>`
        : nothing}
    </div>
    ${form.kept
      ? fields(course, form, form.kept)
      : form.state === 'loading'
        ? html`<p role="status"><span class="tb-spinner" aria-hidden="true"></span> ${text.preferences.loading}</p>`
        : nothing}
  </details>`;
}
