import { html, nothing, render, type TemplateResult } from 'lit';
import { icon } from '../base/icons';
import { problemText, text } from '../strings';
import type { Cells, ExerciseView } from '../types';
import { AnswerCell } from './answer';
import type { SaveState } from './drafts';
import { checkCard, grade, journeyLine, verdictCard, type CheckResult, type Journey } from './verdict';

export type Activity = 'run' | 'check' | 'stopping';

/** What an exercise asks the page to do. */
export interface ExerciseActions {
  run(exercise: TbExercise): void;
  check(exercise: TbExercise): void;
  submit(exercise: TbExercise): void;
  stop(exercise: TbExercise): void;
  edit(exercise: TbExercise, cell: string, source: string): void;
  keepMine(cell: string): void;
  useTheirs(cell: string): void;
  announce(message: string): void;
}

const SAVE_ICONS = { saved: 'check', saving: 'hourglass', local: 'alert', conflict: 'alert', signed_out: 'alert' } as const;

/** Makes an exercise of the server's readable HTML workable: editors, actions, outputs, results. */
export class TbExercise extends HTMLElement {
  private view: ExerciseView | null = null;
  private actions: ExerciseActions | null = null;
  private readonly answers = new Map<string, AnswerCell>();
  private readonly conflicts = new Map<string, string>();
  private readonly head = document.createElement('div');
  private readonly toolbar = document.createElement('div');
  private readonly conflictPlace = document.createElement('div');
  private readonly result = document.createElement('div');
  private activity: Activity | null = null;
  private journey: Journey | null = null;
  private refusal = '';
  private checked: CheckResult | null = null;
  private saveState: SaveState | null = null;
  private quiet = false;

  get exerciseId(): string {
    return this.dataset['exercise'] ?? '';
  }

  get exercise(): ExerciseView | null {
    return this.view;
  }

  /** Whether its code runs now, started from this page. */
  get busy(): boolean {
    return this.activity !== null;
  }

  /** The ids of its answer cells, which its outputs are known by. */
  get cellIds(): string[] {
    return [...this.querySelectorAll<HTMLElement>('.tb-answer')].map((cell) => cell.dataset['cell'] ?? '');
  }

  private get heading(): string {
    return this.view?.title || this.dataset['title'] || this.exerciseId;
  }

  private get isCode(): boolean {
    return ['code', 'manual_code'].includes(this.dataset['kind'] ?? 'code');
  }

  /** Put editors where the starter text is. `drafts` has the learner's own text where there is one. */
  setUp(view: ExerciseView, drafts: Cells, actions: ExerciseActions): void {
    this.actions = actions;
    this.view = view;
    this.setAttribute('role', 'group');
    this.setAttribute('aria-label', text.exercise.label(this.heading));
    const cells = [...this.querySelectorAll<HTMLElement>('.tb-answer')];
    const help = document.createElement('p');
    help.id = `${this.id}-help`;
    help.className = 'tb-visually-hidden';
    help.textContent = text.exercise.editorHelp;
    cells.forEach((cell, index) => {
      const id = cell.dataset['gradeId'] ?? '';
      const answer = new AnswerCell(cell, {
        label: text.exercise.editor(this.heading, index + 1, cells.length),
        describedBy: help.id,
        draft: drafts[id],
        onChange: (source) => actions.edit(this, id, source),
        onRun: () => (this.isCode ? actions.run(this) : undefined),
        onCheck: () => actions.check(this),
      });
      this.answers.set(id, answer);
    });
    this.place(cells, help);
    this.draw();
  }

  /** The learner's text of every answer cell, by grade id. */
  sources(): Cells {
    return Object.fromEntries([...this.answers].map(([id, answer]) => [id, answer.get()]));
  }

  owns(gradeId: string): boolean {
    return this.answers.has(gradeId);
  }

  /** Whether the learner wrote anything, or a grading found anything. */
  get answered(): boolean {
    return this.view?.state !== 'not_attempted' || [...this.answers.values()].some((answer) => answer.changed);
  }

  setSource(cell: string, source: string): void {
    this.answers.get(cell)?.set(source);
  }

  setConflict(cell: string, theirs: string | null): void {
    if (!this.answers.has(cell)) return;
    if (theirs === null) this.conflicts.delete(cell);
    else this.conflicts.set(cell, theirs);
    this.draw();
  }

  update(view: ExerciseView): void {
    this.view = view;
    this.draw();
  }

  /** The verdict of a new attempt replaces what an earlier check said. */
  graded(view: ExerciseView): void {
    this.checked = null;
    this.journey = null;
    this.refusal = '';
    this.update(view);
    this.showResult();
  }

  /** Scroll to the result, for who is working on this exercise. */
  showResult(): void {
    if (this.contains(document.activeElement)) this.result.scrollIntoView({ block: 'nearest' });
  }

  setActivity(activity: Activity | null): void {
    this.activity = activity;
    if (activity === 'run') this.quiet = false;
    if (activity === 'check') this.checked = { tests: [], broken: false, problem: '' };
    this.draw();
  }

  /** Note that the code ran and showed nothing, which is worth a word. */
  ranQuietly(): void {
    this.quiet = true;
    this.draw();
  }

  setJourney(journey: Journey | null): void {
    this.journey = journey;
    if (journey) {
      this.quiet = false;
      this.refusal = '';
      this.checked = null;
    }
    this.draw();
  }

  refuse(error: { status: number; message: string }): void {
    this.journey = null;
    this.refusal = problemText(error);
    this.draw();
  }

  addTest(test: CheckResult['tests'][number]): void {
    this.checked ??= { tests: [], broken: false, problem: '' };
    this.checked.tests.push(test);
  }

  endCheck(broken: boolean, problem = ''): void {
    this.checked ??= { tests: [], broken: false, problem: '' };
    this.checked.broken = broken;
    this.checked.problem = problem;
    this.draw();
  }

  setSaveState(state: SaveState | null): void {
    if (state === this.saveState) return;
    this.saveState = state;
    this.draw();
  }

  private place(cells: HTMLElement[], help: HTMLElement): void {
    this.head.className = 'tb-exercise__head';
    this.toolbar.className = 'tb-toolbar';
    this.toolbar.setAttribute('role', 'group');
    this.toolbar.setAttribute('aria-label', text.exercise.toolbar(this.heading));
    this.result.className = 'tb-exercise__result';
    this.result.setAttribute('role', 'status');
    this.prepend(this.head, help);
    const last = cells.at(-1);
    const outputs = last?.querySelector('.tb-outputs');
    if (outputs) outputs.before(this.conflictPlace, this.toolbar);
    else this.append(this.conflictPlace, this.toolbar);
    (this.querySelector('.tb-tests') ?? last ?? this.toolbar).after(this.result);
    const tests = this.querySelector('.tb-tests');
    if (tests) this.result.after(tests); // results stand right under the outputs they belong to
  }

  private draw(): void {
    if (!this.view || !this.actions) return;
    this.classList.toggle('tb-exercise--done', this.view.state === 'graded' && grade(this.view) === 'correct');
    render(this.headTemplate(this.view), this.head);
    render(this.toolbarTemplate(this.view, this.actions), this.toolbar);
    render(this.conflictTemplate(this.actions), this.conflictPlace);
    render(this.resultTemplate(this.view), this.result);
  }

  private headTemplate(view: ExerciseView): TemplateResult {
    const graded = view.state === 'graded';
    const done = graded && grade(view) === 'correct';
    const worth = view.max_score > 0 || graded;
    return html`<span class="tb-exercise__kicker">${text.exercise.kicker}</span>
      ${view.graded_by_person ? html`<span class="tb-exercise__person">${text.exercise.person}</span>` : nothing}
      ${worth
        ? html`<span class=${done ? 'tb-exercise__points tb-exercise__points--done' : 'tb-exercise__points'}>
            ${done ? icon('check') : nothing}
            ${graded ? text.points(view.score, view.max_score) : text.pointsWorth(view.max_score)}
          </span>`
        : nothing}`;
  }

  private toolbarTemplate(view: ExerciseView, actions: ExerciseActions): TemplateResult {
    const busy = this.activity !== null;
    const sending = this.journey === 'sending' || this.journey === 'grading';
    const submits = !view.graded_by_person && view.max_score > 0;
    const checks = this.isCode && view.test_cells.length > 0 && this.dataset['tests'] !== '';
    // Not the `disabled` attribute: it would throw the keyboard's focus away from a button that was just pressed.
    const button = (name: string, label: string, hint: string, act: () => void, disabled: boolean, more = '') =>
      html`<button
        type="button"
        class="tb-button ${more}"
        data-action=${name}
        title=${hint || nothing}
        aria-disabled=${disabled ? 'true' : nothing}
        @click=${disabled ? undefined : act}
      >
        ${name === 'run' || name === 'stop' ? icon(name) : nothing}${label}
      </button>`;
    return html`<div class="tb-toolbar__buttons">
        ${this.isCode
          ? busy
            ? button('stop', this.activity === 'stopping' ? text.exercise.stopping : text.exercise.stop, '', () => actions.stop(this), this.activity === 'stopping')
            : button('run', text.exercise.run, text.exercise.runHint, () => actions.run(this), false)
          : nothing}
        ${checks ? button('check', text.exercise.check, text.exercise.checkHint, () => actions.check(this), busy) : nothing}
        ${submits
          ? button('submit', text.exercise.submit, '', () => actions.submit(this), sending, 'tb-button--primary')
          : html`<span class="tb-toolbar__hint">${view.graded_by_person && view.state === 'not_attempted' ? text.verdict.personHint : nothing}</span>`}
      </div>
      <div class="tb-toolbar__end">
        ${this.saveTemplate()}
        <button type="button" class="tb-button tb-button--quiet" data-action="reset" title=${text.exercise.resetHint} @click=${() => this.reset()}>
          ${text.exercise.reset}
        </button>
      </div>`;
  }

  private saveTemplate(): TemplateResult | typeof nothing {
    const state = this.saveState;
    if (!state) return nothing;
    const words = { ...text.save, signed_out: text.save.local };
    return html`<span class="tb-save tb-save--${state}" data-save=${state} title=${state === 'local' ? text.save.localHint : nothing}>
      ${icon(SAVE_ICONS[state])} ${words[state]}
    </span>`;
  }

  private conflictTemplate(actions: ExerciseActions): TemplateResult {
    return html`${[...this.conflicts].map(
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

  private resultTemplate(view: ExerciseView): TemplateResult {
    const journey = this.journey ?? (view.state === 'grading' ? 'grading' : null);
    return html`${this.quiet && !this.activity && !journey ? html`<p class="tb-card-line">${text.exercise.ran}</p>` : nothing}
    ${this.activity === 'check' ? html`<p class="tb-journey"><span class="tb-spinner" aria-hidden="true"></span> ${text.exercise.checking}</p>` : nothing}
    ${this.checked && !this.activity ? checkCard(this.checked) : nothing}
    ${this.refusal
      ? html`<div class="tb-result tb-result--refused">
          <p class="tb-result__title">${icon('alert')} ${text.verdict.refused}</p>
          <p>${this.refusal}</p>
        </div>`
      : nothing}
    ${journey ? journeyLine(journey) : this.checked && !view.comment ? nothing : verdictCard(view)}`;
  }

  private reset(): void {
    for (const answer of this.answers.values()) answer.reset();
    this.actions?.announce(text.exercise.resetDone);
  }
}
