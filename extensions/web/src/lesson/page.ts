import { ApiError, type Api } from '../base/api';
import { BrowserKeep } from '../base/keep';
import { Live, type LiveState } from '../base/live';
import { text } from '../strings';
import type { AttemptView, ExerciseView, LessonState, LessonView, LiveEvent } from '../types';
import { AttemptWatch } from './attempts';
import { Bar } from './bar';
import { DraftStore, type SaveState } from './drafts';
import { route } from './events';
import type { ExerciseActions, TbExercise } from './exercise';
import { openNextLesson } from './footer';
import { HandIn } from './hand-in';
import { ExerciseHelp } from './help';
import { Notices } from './notices';
import { sayAsked, sayEnded } from './sitting-news';
import { Runs } from './runs';
import { pauseOf, SubmitQueue, type Sending } from './submit-queue';

/** The lesson page at work: joins the exercises of the HTML to kernel, drafts, answers and live events. */
export class LessonPage implements ExerciseActions {
  private readonly path: string;
  private readonly lessonKey: string;
  private readonly runs: Runs;
  private readonly drafts: DraftStore;
  private readonly queue: SubmitQueue;
  private readonly watch: AttemptWatch;
  private readonly live: Live;
  private readonly notices = new Notices();
  private readonly bar: Bar;
  private readonly handIn: HandIn | null;
  private readonly exercises = new Map<string, TbExercise>();
  private readonly help = new Map<string, ExerciseHelp>();
  private readonly following = new Map<string, string | null>(); // attempt id → exercise, null for a hand-in
  private lastEdited: TbExercise | null = null;
  private serviceUp = true;
  private connected: LiveState = 'connecting';

  constructor(
    private readonly api: Api,
    private readonly state: LessonState,
  ) {
    const { course, lesson } = state;
    const parts = [course, lesson.module, lesson.name].map(encodeURIComponent);
    this.path = `lessons/${parts.join('/')}`;
    this.lessonKey = lesson.key;
    const keepName = `trailbook:${api.base}${this.path}`;
    this.runs = new Runs(api, this.path, {
      notices: this.notices,
      exercises: this.exercises,
      ranBefore: state.ran.length > 0,
      title: lesson.title,
      showKernel: (kernelState) => this.bar.setKernel(kernelState),
    });
    this.drafts = new DraftStore(api, `${this.path}/drafts`, new BrowserKeep(`${keepName}:drafts`), {
      state: (saveState) => this.onSaveState(saveState),
      replaced: (cell, source) => this.ownerOf(cell)?.setSource(cell, source),
      conflict: (cell, theirs) => this.ownerOf(cell)?.setConflict(cell, theirs),
    });
    this.queue = new SubmitQueue(api, this.path, new BrowserKeep(`${keepName}:queue`), {
      sending: (item, waiting) => this.onJourney(item, waiting ? 'waiting' : 'sending'),
      accepted: (item, attempt) => this.onAccepted(item, attempt),
      refused: (item, error) => this.onRefused(item, error),
    });
    this.watch = new AttemptWatch(api, {
      graded: (attempt) => {
        this.settle(attempt.id);
        void this.refresh();
      },
      slow: (id) => {
        const exercise = this.following.get(id);
        if (exercise) this.exercises.get(exercise)?.setJourney('slow');
        else if (exercise === null) this.handIn?.setJourney('slow');
      },
      waits: (id, why) => {
        const exercise = this.following.get(id);
        if (exercise) this.exercises.get(exercise)?.setJourney('grading', why);
        else if (exercise === null) this.handIn?.setJourney('grading', why);
      },
    });
    this.live = new Live(api, 'events', {
      event: (event) => this.onEvent(event),
      state: (liveState, again) => this.onLive(liveState, again),
    });
    const hasCode = document.querySelector('.tb-example, .tb-answer[data-language="python"]') !== null;
    this.bar = new Bar(lesson, hasCode, () => void this.runs.restart());
    const place = document.querySelector<HTMLElement>('.tb-hand-in');
    const list = (): { view: ExerciseView; answered: boolean }[] =>
      [...this.exercises.values()].flatMap((element) =>
        element.exercise ? [{ view: element.exercise, answered: element.answered }] : [],
      );
    this.setUpExercises();
    const receipt = state.handed_in_attempt ? this.receiptUrl(state.handed_in_attempt) : null;
    this.handIn = place && this.exercises.size ? new HandIn(place, lesson, list, () => this.sendLesson(), receipt) : null;
  }

  start(): void {
    const { outputs, kernel, exercises } = this.state;
    for (const view of exercises) {
      if (view.state === 'grading' && view.attempt) this.follow(view.attempt, view.id);
    }
    if (this.state.lesson.status === 'locked') this.notices.say(text.page.lent);
    void this.live.run();
    this.queue.resume();
    this.runs.start(kernel, outputs);
    addEventListener('pagehide', () => this.drafts.flush(true));
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'hidden') this.drafts.flush(true);
      else this.live.hurry();
    });
    addEventListener('offline', () => this.showTrouble());
    addEventListener('online', () => {
      this.live.hurry();
      this.showTrouble();
      void this.catchUp();
    });
  }

  // --- what an exercise asks for ---

  run(exercise: TbExercise): void {
    void this.runs.execute(exercise, 'run');
  }

  check(exercise: TbExercise): void {
    void this.runs.execute(exercise, 'check');
  }

  submit(exercise: TbExercise): void {
    this.drafts.flush();
    void this.queue.add('attempt', exercise.exerciseId, this.state.version.number, this.allSources());
  }

  stop(exercise: TbExercise): void {
    this.runs.stop(exercise);
  }

  edit(exercise: TbExercise, cell: string, source: string): void {
    if (this.lastEdited !== exercise) this.lastEdited?.setSaveState(null);
    this.lastEdited = exercise;
    this.drafts.edit(cell, source);
  }

  keepMine(cell: string): void {
    this.drafts.keepMine(cell);
  }

  useTheirs(cell: string): void {
    this.drafts.useTheirs(cell);
  }

  announce(message: string): void {
    this.notices.announce(message);
  }

  receiptUrl(attempt: string): string {
    return `${this.api.base}attempts/${encodeURIComponent(attempt)}/receipt`;
  }

  // --- answers ---

  private setUpExercises(): void {
    const drafts = this.drafts.load(this.state.drafts);
    const views = new Map(this.state.exercises.map((view) => [view.id, view]));
    for (const element of document.querySelectorAll<TbExercise>('tb-exercise')) {
      const view = views.get(element.exerciseId);
      if (!view) continue;
      this.exercises.set(view.id, element);
      element.setUp(view, drafts, this);
      const { api, path, lessonKey: lesson } = this;
      const options = { api, path, lesson, asked: this.state.follows_learner, announce: (said: string) => this.announce(said) };
      this.help.set(view.id, new ExerciseHelp(element, view.id, options));
    }
    this.drafts.repeatConflicts();
  }

  private ownerOf(cell: string): TbExercise | undefined {
    return [...this.exercises.values()].find((exercise) => exercise.owns(cell));
  }

  private allSources(): Record<string, string> {
    return Object.assign({}, ...[...this.exercises.values()].map((exercise) => exercise.sources())) as Record<string, string>;
  }

  private sendLesson(): void {
    this.drafts.flush();
    void this.queue.add('submission', null, this.state.version.number, this.allSources());
  }

  private onSaveState(state: SaveState): void {
    this.lastEdited?.setSaveState(state);
    if (state === 'signed_out') this.notices.setTrouble('signed_out');
  }

  private onJourney(item: Sending, journey: 'sending' | 'waiting'): void {
    if (item.exercise) this.exercises.get(item.exercise)?.setJourney(journey);
    else this.handIn?.setJourney(journey);
  }

  private onAccepted(item: Sending, attempt: AttemptView): void {
    if (item.exercise) this.exercises.get(item.exercise)?.setJourney('grading');
    else this.handIn?.setJourney('grading');
    if (!item.exercise && attempt.receipt) this.handIn?.setReceipt(this.receiptUrl(attempt.id));
    this.follow(attempt.id, item.exercise);
    if (attempt.status !== 'done' && attempt.status !== 'failed') return;
    this.settle(attempt.id);
    void this.refresh();
  }

  private onRefused(item: Sending, error: ApiError): void {
    const exercise = item.exercise ? this.exercises.get(item.exercise) : undefined;
    const pause = pauseOf(error);
    if (!exercise || pause === null) return (exercise ?? this.handIn)?.refuse(error);
    const reason = error.code === 'cooling_down' ? 'cooling_down' : 'too_many_attempts';
    this.announce(text.pause[reason](pause));
    const held = reason === 'cooling_down' ? [exercise] : [...this.exercises.values()].filter((each) => !each.underWay || each === exercise);
    for (const each of held) each.hold(reason, pause);
  }

  private follow(attempt: string, exercise: string | null): void {
    this.following.set(attempt, exercise);
    this.watch.follow(attempt);
  }

  /** Note that an attempt is graded: nothing more to wait for. */
  private settle(attempt: string): void {
    this.watch.told(attempt);
    const exercise = this.following.get(attempt);
    if (exercise) this.exercises.get(exercise)?.setJourney(null);
    else if (exercise === null) this.handIn?.done();
    this.following.delete(attempt);
  }

  // --- live ---

  private onEvent(event: LiveEvent): void {
    route(event, { course: this.state.course, lesson: this.lessonKey }, {
      attemptGraded: (attempt, view) => {
        if (attempt) this.settle(attempt.id);
        if (view) this.exercises.get(view.id)?.graded(view);
        else void this.refresh();
      },
      testEnded: (attempt, exercise, test) => {
        // Of an answer sent in another tab nothing is shown here while one of this page's own is under way.
        const awaited = [...this.following].filter(([, of]) => of === exercise).map(([id]) => id);
        if (!awaited.length || awaited.includes(attempt)) this.exercises.get(exercise)?.testEnded(attempt, test);
      },
      submissionGraded: (attempt) => {
        if (attempt) this.settle(attempt.id);
        void this.refresh();
      },
      exerciseChanged: (view) => this.exercises.get(view.id)?.graded(view),
      lessonChanged: (lesson) => this.setLesson(lesson),
      unlocked: (lesson, because) => {
        this.notices.unlock(lesson, because);
        for (const exercise of this.exercises.values()) exercise.showResult();
        openNextLesson(lesson);
      },
      released: (version) => {
        if (version <= this.state.version.number) return;
        this.notices.say(text.page.newVersion, { label: text.page.reload, act: () => location.reload() });
      },
      struggles: (exercise) => void this.help.get(exercise)?.noticed(),
      sittingEnded: (purpose, known, lesson) => sayEnded(this.notices, this.state.home_url, { purpose, known, lesson }),
      asked: (lesson, exercise) => sayAsked(this.notices, lesson, exercise),
      service: (up) => {
        this.serviceUp = up;
        this.showTrouble();
        if (up) void this.catchUp();
      },
      kernelGone: (reason) => this.runs.gone(reason),
    });
  }

  private onLive(state: LiveState, again: boolean): void {
    this.connected = state;
    this.showTrouble();
    if (state === 'live' && again) void this.catchUp();
  }

  private showTrouble(): void {
    if (this.connected === 'signed_out') this.notices.setTrouble('signed_out');
    else if (this.connected === 'lost' || !navigator.onLine) this.notices.setTrouble('lost');
    else if (!this.serviceUp) this.notices.setTrouble('service_down');
    else if (this.connected === 'live') this.notices.setTrouble(null);
  }

  private async catchUp(): Promise<void> {
    this.drafts.flush();
    await this.queue.hurry();
    await this.refresh();
  }

  /** Ask for the state of everything, and show it; used when live events may have been missed. */
  private async refresh(): Promise<void> {
    let fresh: LessonState;
    try {
      fresh = await this.api.get<LessonState>(this.path);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return; // the live connection says what is wrong, and asks again when it is back
    }
    for (const view of fresh.exercises) this.exercises.get(view.id)?.update(view);
    this.setLesson(fresh.lesson);
    this.drafts.refresh(fresh.drafts);
    if (fresh.next) openNextLesson(fresh.next);
  }

  private setLesson(lesson: LessonView): void {
    this.bar.setLesson(lesson);
    this.handIn?.setLesson(lesson);
  }
}
