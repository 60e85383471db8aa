import { html, nothing, render, type TemplateResult } from 'lit';
import { icon } from '../base/icons';
import { text } from '../strings';
import type { LessonView } from '../types';

export type Trouble = 'lost' | 'service_down' | 'signed_out';

const TROUBLES: Record<Trouble, string> = {
  lost: text.page.connectionLost,
  service_down: text.page.serviceDown,
  signed_out: text.page.signedOut,
};

/** What the page has to say beside the exercises: trouble, news, lessons that opened. */
export class Notices {
  private trouble: Trouble | null = null;
  private news: { message: string; action?: { label: string; act: () => void } } | null = null;
  private unlocked: { lesson: LessonView; because: string }[] = [];
  private readonly top = document.createElement('div');
  private readonly bottom = document.createElement('div');
  private readonly voice = document.createElement('p');

  constructor() {
    this.top.className = 'tb-notices';
    this.top.setAttribute('role', 'status');
    this.bottom.className = 'tb-unlocked-place';
    this.bottom.setAttribute('role', 'status');
    this.voice.className = 'tb-visually-hidden';
    this.voice.setAttribute('role', 'status');
    const header = document.querySelector('.tb-header');
    if (header) header.after(this.top);
    else document.body.prepend(this.top);
    document.body.append(this.bottom, this.voice);
  }

  /** Say something to a screen reader that eyes can see anyway. */
  announce(message: string): void {
    this.voice.textContent = message;
  }

  setTrouble(trouble: Trouble | null): void {
    if (trouble === this.trouble) return;
    const over = this.trouble !== null && trouble === null;
    this.trouble = trouble;
    if (over) this.announce(text.page.back);
    this.draw();
  }

  say(message: string, action?: { label: string; act: () => void }): void {
    this.news = action ? { message, action } : { message };
    this.draw();
  }

  unlock(lesson: LessonView, because: string): void {
    this.unlocked = [...this.unlocked.filter((other) => other.lesson.key !== lesson.key), { lesson, because }];
    this.draw();
  }

  private draw(): void {
    const { trouble, news } = this;
    render(
      html`${trouble
        ? html`<div class="tb-notice tb-notice--warn" data-trouble=${trouble}>
            ${icon('alert')}<span>${TROUBLES[trouble]}</span>
            ${trouble === 'signed_out'
              ? html`<button type="button" class="tb-button" @click=${() => location.reload()}>${text.page.signIn}</button>`
              : nothing}
          </div>`
        : nothing}
      ${news
        ? html`<div class="tb-notice" data-news>
            <span>${news.message}</span>
            ${news.action
              ? html`<button type="button" class="tb-button" @click=${news.action.act}>${news.action.label}</button>`
              : nothing}
            <button type="button" class="tb-button tb-button--quiet" @click=${() => this.clearNews()}>${text.close}</button>
          </div>`
        : nothing}`,
      this.top,
    );
    render(this.unlockedTemplate(), this.bottom);
  }

  private unlockedTemplate(): TemplateResult | typeof nothing {
    if (!this.unlocked.length) return nothing;
    const reasons = [...new Set(this.unlocked.map(({ because }) => because))];
    return html`<div class="tb-unlocked tb-card">
      <p class="tb-unlocked__title">${icon('flag')} ${text.unlock.title(this.unlocked.length)}</p>
      <ul>
        ${reasons.map(
          (because) => html`<li>
            ${this.unlocked
              .filter((other) => other.because === because)
              .map(({ lesson }) => html`<a data-unlocked=${lesson.key} href=${lesson.url}>${lesson.title}</a> `)}
            <span class="tb-unlocked__because">${because}</span>
          </li>`,
        )}
      </ul>
      <button type="button" class="tb-button tb-button--quiet" @click=${() => this.dismiss()}>${text.unlock.dismiss}</button>
    </div>`;
  }

  private clearNews(): void {
    this.news = null;
    this.draw();
  }

  private dismiss(): void {
    this.unlocked = [];
    this.draw();
  }
}
