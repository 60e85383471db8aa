import { ApiError, type Api } from '../base/api';
import { Later } from '../base/later';
import type { ServerState, ServerView } from '../types';

export type WorkspaceState = ServerState | 'failed';

export interface Opening {
  title: string;
  url: string;
  /** It has taken longer than people expect. */
  long: boolean;
}

const POLL_MILLISECONDS = 700;
const LONG_AFTER_MILLISECONDS = 15_000;
const FAILED_AFTER_MILLISECONDS = 120_000;

/** The learner's server: started when Home opens, waited for when a lesson is chosen before it is ready. */
export class Workspace {
  state: WorkspaceState;
  opening: Opening | null = null;
  private startedAt = 0;
  private readonly poll = new Later(() => void this.look());

  constructor(
    private readonly api: Api,
    server: ServerView,
    private readonly on: {
      change(): void;
      navigate(url: string): void;
    },
    private readonly now: () => number = () => Date.now(),
  ) {
    this.state = server.state;
  }

  /** Start the server unless it runs, and watch it become ready. */
  async start(): Promise<void> {
    if (this.state === 'ready') return;
    this.startedAt = this.now();
    this.set('starting');
    try {
      this.take(await this.api.post<ServerView>('server'));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.transient) this.poll.in(POLL_MILLISECONDS);
      else this.set('failed');
    }
  }

  /** Go to a lesson, now or as soon as the server is ready. */
  open(title: string, url: string): void {
    if (this.state === 'ready') {
      this.on.navigate(url);
      return;
    }
    this.opening = { title, url, long: false };
    this.on.change();
    if (this.state !== 'starting') void this.start();
  }

  /** Stay on Home after all. */
  cancel(): void {
    this.opening = null;
    this.on.change();
  }

  private async look(): Promise<void> {
    try {
      this.take(await this.api.get<ServerView>('server'));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.signedOut) this.set('failed');
      else this.wait();
    }
  }

  private take(server: ServerView | null): void {
    if (server?.state === 'ready') {
      this.set('ready');
      if (this.opening) this.on.navigate(this.opening.url);
    } else if (server?.state === 'stopped' && this.now() - this.startedAt > LONG_AFTER_MILLISECONDS) {
      this.set('failed'); // it was started, and is gone again
    } else {
      this.wait();
    }
  }

  private wait(): void {
    const waited = this.now() - this.startedAt;
    if (waited > FAILED_AFTER_MILLISECONDS) {
      this.set('failed');
      return;
    }
    if (this.opening && !this.opening.long && waited > LONG_AFTER_MILLISECONDS) {
      this.opening.long = true;
      this.on.change();
    }
    this.poll.in(POLL_MILLISECONDS);
  }

  private set(state: WorkspaceState): void {
    this.state = state;
    this.on.change();
  }
}
