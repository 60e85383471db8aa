import { html, nothing, render, type TemplateResult } from 'lit';
import { icon } from '../base/icons';
import { problemText, text } from '../strings';
import type { Cells, ExerciseView, TestView } from '../types';
import { AnswerCell } from './answer';
import { conflictNotices } from './conflict';
import type { SaveState } from './drafts';
import { Pause } from './pause';
import { receiptLink } from './receipt';
import { saveMark } from './save-mark';
import { TestStream } from './stream';
import { checkCard, grade, journeyLine, shownMax, verdictCard, type CheckResult, type Journey } from './verdict';

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
  receiptUrl(attempt: string): string;
}

export type PauseReason = 'too_many_attempts' | 'cooling_down';

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
  private readonly streamPlace = document.createElement('div'); // not part of the result: only the verdict is announced
  private readonly stream = new TestStream();
  private readonly pause = new Pause({ tick: () => this.draw(), over: () => this.actions?.announce(text.pause.over) });
  private pauseReason: PauseReason = 'too_many_attempts';
  private activity: Activity | null = null;
  private journey: Journey | null = null;
  private waitsFor = '';
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
    this.stream.clear();
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

  /** A test of the answer under way ended; nothing to show once there is a verdict. */
  testEnded(attempt: string, test: TestView): void {
    if (!this.underWay) return;
    this.waitsFor = '';
    this.stream.add(attempt, test);
    this.draw();
  }

  /** The next answer has to wait; said once, then only to be seen. */
  hold(reason: PauseReason, seconds: number): void {
    this.journey = null;
    this.pauseReason = reason;
    this.pause.start(seconds);
    this.draw();
  }

  /** Say where the answer is; `why` says more where it waits in line. */
  setJourney(journey: Journey | null, why = ''): void {
    if (journey === 'sending' || journey === null) this.stream.clear();
    this.journey = journey;
    this.waitsFor = why;
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

  get underWay(): Journey | null {
    return this.journey ?? (this.view?.state === 'grading' ? 'grading' : null);
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
    this.result.after(this.streamPlace);
    if (tests) this.streamPlace.after(tests); // results stand right under the outputs they belong to
  }

  private draw(): void {
    if (!this.view || !this.actions) return;
    this.classList.toggle('tb-exercise--done', this.view.state === 'graded' && grade(this.view) === 'correct');
    render(this.headTemplate(this.view), this.head);
    render(this.toolbarTemplate(this.view, this.actions), this.toolbar);
    render(conflictNotices(this.conflicts, this.actions), this.conflictPlace);
    render(this.resultTemplate(this.view, this.actions), this.result);
    render(this.underWay ? this.stream.template(this.view.test_cells) : nothing, this.streamPlace);
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
            ${graded && shownMax(view) > 0 ? text.points(view.score, shownMax(view)) : text.pointsWorth(view.max_score)}
          </span>`
        : nothing}`;
  }

  private toolbarTemplate(view: ExerciseView, actions: ExerciseActions): TemplateResult {
    const busy = this.activity !== null;
    const sending = this.journey === 'sending' || this.journey === 'grading';
    const { seconds } = this.pause;
    const pauseId = `${this.id}-pause`;
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
        aria-describedby=${name === 'submit' && seconds > 0 ? pauseId : nothing}
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
          ? button('submit', text.exercise.submit, '', () => actions.submit(this), sending || seconds > 0, 'tb-button--primary')
          : html`<span class="tb-toolbar__hint">${view.graded_by_person && view.state === 'not_attempted' ? text.verdict.personHint : nothing}</span>`}
      </div>
      <div class="tb-toolbar__end">
        ${this.saveState ? saveMark(this.saveState) : nothing}
        <button type="button" class="tb-button tb-button--quiet" data-action="reset" title=${text.exercise.resetHint} @click=${() => this.reset()}>
          ${text.exercise.reset}
        </button>
      </div>
      ${seconds > 0 ? html`<p class="tb-pause" id=${pauseId}>${icon('hourglass')} ${text.pause[this.pauseReason](seconds)}</p>` : nothing}`;
  }

  private resultTemplate(view: ExerciseView, actions: ExerciseActions): TemplateResult {
    const journey = this.underWay;
    return html`${this.quiet && !this.activity && !journey ? html`<p class="tb-card-line">${text.exercise.ran}</p>` : nothing}
    ${this.activity === 'check' ? html`<p class="tb-journey"><span class="tb-spinner" aria-hidden="true"></span> ${text.exercise.checking}</p>` : nothing}
    ${this.checked && !this.activity ? checkCard(this.checked) : nothing}
    ${this.refusal
      ? html`<div class="tb-result tb-result--refused">
          <p class="tb-result__title">${icon('alert')} ${text.verdict.refused}</p>
          <p>${this.refusal}</p>
        </div>`
      : nothing}
    ${journey ? journeyLine(journey, 'verdict', this.waitsFor) : this.checked && !view.comment ? nothing : verdictCard(view)}
    ${!journey && !this.checked && view.attempt && view.has_receipt ? receiptLink(actions.receiptUrl(view.attempt)) : nothing}`;
  }

  private reset(): void {
    for (const answer of this.answers.values()) answer.reset();
    this.actions?.announce(text.exercise.resetDone);
  }
}
