import { ApiError, type Api } from '../base/api';
import { readNdjson } from '../base/lines';
import { problemText, text } from '../strings';
import type { Cells, KernelState, Line } from '../types';

export interface KernelListener {
  line(line: Line): void;
  state(state: KernelState): void;
}

export interface Outcome {
  status: 'ok' | 'error' | 'aborted' | 'failed';
  /** A sentence for the learner when nothing could be run. */
  problem: string;
}

/** The lesson's kernel as its learner's server streams it: attach, run, check, interrupt, restart. */
export class Kernel {
  id: string | null = null;
  state: KernelState = 'none';
  private ready: Promise<void>;
  private isReady: () => void = () => undefined;
  private unseen = false;

  constructor(
    private readonly api: Api,
    private readonly path: string,
    private readonly on: KernelListener,
  ) {
    this.ready = new Promise((resolve) => (this.isReady = resolve));
  }

  /** Resolves once a kernel is there to talk to. */
  whenReady(): Promise<void> {
    return this.ready;
  }

  set(id: string | null, state: KernelState): void {
    this.id = id;
    this.state = state;
    if (state === 'busy' || state === 'starting') this.unseen = true;
    if (id && (state === 'idle' || state === 'busy')) this.isReady();
    this.on.state(state);
  }

  /** Attach the page. What ran when it was last seen may have ended unseen: then every cell's outputs are told anew. */
  attach(): Promise<Outcome> {
    return this.stream('kernel', { catch_up: this.unseen });
  }

  run(exercise: string, cells: Cells): Promise<Outcome> {
    return this.stream('run', { exercise, cells });
  }

  check(exercise: string, cells: Cells): Promise<Outcome> {
    return this.stream('check', { exercise, cells });
  }

  async interrupt(): Promise<void> {
    await this.api.post(`${this.path}/interrupt`);
  }

  async restart(): Promise<Outcome> {
    this.set(this.id, 'starting');
    await this.api.post(`${this.path}/restart`);
    return this.attach();
  }

  private async stream(action: string, body: unknown): Promise<Outcome> {
    const outcome: Outcome = { status: 'failed', problem: '' };
    if (this.state === 'none' || this.state === 'dead') this.set(null, 'starting');
    try {
      const response = await this.api.send('POST', `${this.path}/${action}`, {
        body,
        headers: { Accept: 'application/x-ndjson' },
      });
      for await (const line of readNdjson<Line>(response)) {
        if (line.type === 'kernel') this.set(line.id, line.state);
        if (line.type === 'problem') outcome.problem = line.message || text.problems.unavailable;
        if (line.type === 'done') {
          outcome.status = line.status as Outcome['status'];
          this.unseen = false;
        }
        this.on.line(line);
      }
      if (outcome.status === 'failed' && !outcome.problem) outcome.problem = text.problems.offline;
    } catch (error) {
      // A stream cut in the middle is a TypeError of the reader: to the learner, a lost connection.
      if (!(error instanceof ApiError) && !(error instanceof TypeError)) throw error;
      outcome.problem = error instanceof ApiError ? problemText(error) : text.problems.offline;
    }
    if (outcome.status === 'failed' && this.state === 'starting') this.set(this.id, 'none');
    return outcome;
  }
}
