import { html, nothing, render } from 'lit';
import { icon } from '../base/icons';
import { text } from '../strings';
import type { KernelState, LessonView } from '../types';

/** The header's end: the lesson's points and what Python is doing, in words. */
export class Bar {
  private state: KernelState = 'none';
  private lesson: LessonView;
  private readonly place = document.createElement('div');

  constructor(
    lesson: LessonView,
    private readonly showKernel: boolean,
    private readonly restart: () => void,
  ) {
    this.lesson = lesson;
    this.place.className = 'tb-bar';
    const end = document.querySelector('.tb-header .tb-header__end');
    if (end) end.append(this.place);
    else document.querySelector('.tb-header')?.append(this.place);
    document.addEventListener('click', (event) => this.closeUnless(event.target));
    this.draw();
  }

  setKernel(state: KernelState): void {
    this.state = state;
    this.draw();
  }

  setLesson(lesson: LessonView): void {
    this.lesson = lesson;
    this.draw();
  }

  private closeUnless(target: EventTarget | null): void {
    const open = this.place.querySelector('details[open]');
    if (open && !(target instanceof Node && open.contains(target))) open.removeAttribute('open');
  }

  private draw(): void {
    const { score, max_score } = this.lesson;
    render(
      html`${max_score > 0
        ? html`<span class="tb-bar__points" data-points>
            ${this.lesson.status === 'mastered' ? icon('check') : nothing}${text.page.lessonPoints(score, max_score)}
          </span>`
        : nothing}
      ${this.showKernel
        ? html`<details class="tb-kernel" data-kernel=${this.state} @keydown=${this.escape}>
            <summary title=${text.kernel.details}>
              <span class="tb-kernel__dot" aria-hidden="true"></span>
              <span role="status">${text.kernel[this.state]}</span>
            </summary>
            <div class="tb-kernel__panel tb-card">
              <p>${text.kernel.explain}</p>
              <button type="button" class="tb-button" @click=${this.restartClicked}>${text.kernel.restart}</button>
            </div>
          </details>`
        : nothing}`,
      this.place,
    );
  }

  private readonly restartClicked = (): void => {
    this.place.querySelector('details')?.removeAttribute('open');
    this.restart();
  };

  private readonly escape = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape') return;
    const details = this.place.querySelector('details');
    details?.removeAttribute('open');
    details?.querySelector('summary')?.focus();
  };
}
