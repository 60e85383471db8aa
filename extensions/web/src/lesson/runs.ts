import { ApiError, type Api } from '../base/api';
import { text } from '../strings';
import type { KernelState, KernelView, Line, Output } from '../types';
import type { TbExercise } from './exercise';
import { Kernel, type Outcome } from './kernel';
import type { Notices } from './notices';
import { OutputArea } from './outputs';
import { Widgets } from './widgets';

const GONE: Record<string, string> = { culled: text.kernel.culled, limit: text.kernel.limit, died: text.kernel.died };

/** Everything that runs: the lesson's kernel, and the outputs that its lines go to. */
export class Runs {
  private readonly kernel: Kernel;
  private readonly outputs = new Map<string, OutputArea>();
  private followed: TbExercise | null = null;
  private attaching = false;

  constructor(
    api: Api,
    path: string,
    private readonly page: {
      readonly notices: Notices;
      readonly exercises: ReadonlyMap<string, TbExercise>;
      /** Whether the learner had run anything before this visit. */
      readonly ranBefore: boolean;
      title: string;
      showKernel(state: KernelState): void;
    },
  ) {
    this.kernel = new Kernel(api, path, {
      line: (line) => this.onLine(line),
      state: (state) => page.showKernel(state),
    });
    const widgets = new Widgets(api, this.kernel);
    for (const place of document.querySelectorAll<HTMLElement>('.tb-outputs[data-cell]')) {
      const title = place.closest<HTMLElement>('tb-exercise')?.dataset['title'] ?? page.title;
      const show = (id: string, element: HTMLElement): Promise<void> => widgets.show(id, element);
      this.outputs.set(place.dataset['cell'] ?? '', new OutputArea(place, text.exercise.outputs(title), show));
    }
  }

  /** Show what ran before, and attach the kernel when the lesson has code. */
  start(kernel: KernelView, outputs: Record<string, Output[]>): void {
    this.kernel.set(kernel.id, kernel.state);
    for (const [cell, list] of Object.entries(outputs)) this.outputs.get(cell)?.replace(list);
    if (this.outputs.size) void this.attach();
  }

  async execute(exercise: TbExercise, action: 'run' | 'check'): Promise<void> {
    if (exercise.busy) return;
    exercise.setActivity(action);
    const outcome = await this.kernel[action](exercise.exerciseId, exercise.sources());
    exercise.setActivity(null);
    const areas = exercise.cellIds.flatMap((cell) => this.outputs.get(cell) ?? []);
    if (action === 'check') exercise.endCheck(areas.some((area) => area.hasError), outcome.problem);
    else if (outcome.problem) exercise.endCheck(false, outcome.problem);
    else if (outcome.status === 'ok' && areas.every((area) => area.isEmpty)) exercise.ranQuietly();
  }

  stop(exercise: TbExercise): void {
    exercise.setActivity('stopping');
    this.kernel.interrupt().catch((error: unknown) => this.onProblem(error));
  }

  async restart(): Promise<void> {
    try {
      const outcome = await this.kernel.restart();
      if (outcome.problem) this.tellProblem(outcome);
      else this.page.notices.say(text.kernel.restarted);
    } catch (error) {
      this.onProblem(error);
    }
  }

  /** Note that the learner's server ended the kernel. */
  gone(reason: string): void {
    this.kernel.set(null, reason === 'died' ? 'dead' : 'none');
    const news = GONE[reason];
    if (news) this.page.notices.say(news);
  }

  private async attach(): Promise<void> {
    this.attaching = true;
    const outcome = await this.kernel.attach();
    this.attaching = false;
    this.followed?.setActivity(null);
    this.followed = null;
    this.tellProblem(outcome);
  }

  private onLine(line: Line): void {
    if (line.type === 'start' || line.type === 'update') this.followRun(line.cell);
    if (line.type === 'start') this.outputs.get(line.cell)?.start();
    if (line.type === 'output') this.outputs.get(line.cell)?.add(line.output);
    if (line.type === 'update') this.outputs.get(line.cell)?.replace(line.outputs);
    if (line.type === 'outputs') this.outputs.get(line.cell)?.bringUpToDate(line.outputs);
    if (line.type === 'end') this.outputs.get(line.cell)?.end();
    if (line.type === 'test') this.page.exercises.get(line.exercise)?.addTest(line);
    if (line.type === 'kernel' && line.fresh && this.page.ranBefore) this.page.notices.say(text.kernel.fresh);
  }

  /** Code started before a reload, or in another tab, can be stopped from here, too. */
  private followRun(cell: string): void {
    if (!this.attaching || this.followed) return;
    const exercise = [...this.page.exercises.values()].find((one) => one.cellIds.includes(cell));
    if (!exercise || exercise.busy) return;
    this.followed = exercise;
    exercise.setActivity('run');
  }

  private tellProblem(outcome: Outcome): void {
    if (!outcome.problem) return;
    this.page.notices.say(outcome.problem, { label: text.tryAgain, act: () => void this.attach() });
  }

  private onProblem(error: unknown): void {
    if (!(error instanceof ApiError)) throw error;
    this.page.notices.say(error.message || text.problems.offline);
  }
}
