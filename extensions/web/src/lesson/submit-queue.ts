import { ApiError, type Api } from '../base/api';
import type { Keep } from '../base/keep';
import { Later } from '../base/later';
import type { AttemptView, Cells } from '../types';

/** One answer, or the whole lesson, on its way to the course service. */
export interface Sending {
  key: string;
  kind: 'attempt' | 'submission';
  /** The exercise; null for a lesson handed in. */
  exercise: string | null;
  version: number;
  cells: Cells;
}

export interface QueueListener {
  /** It is being sent, or waits for the service to come back. */
  sending(item: Sending, waiting: boolean): void;
  accepted(item: Sending, attempt: AttemptView): void;
  /** The service said no, and would say no again. */
  refused(item: Sending, error: ApiError): void;
}

/** Seconds to wait before the next answer, where that is all the course service asks for; else null. */
export function pauseOf(error: ApiError): number | null {
  const seconds = error.details['seconds'];
  return error.status === 429 && typeof seconds === 'number' ? seconds : null;
}

/**
 * Answers on their way, each with its idempotency key, kept in this browser until the service has taken them.
 *
 * The key is made once and sent with every try, so a try whose answer was lost cannot count twice. They are sent one
 * by one, oldest first; while the service is down the queue waits and tries again by itself.
 */
export class SubmitQueue {
  private items: Sending[];
  private busy = false;
  private readonly later = new Later(() => void this.send());

  constructor(
    private readonly api: Api,
    private readonly path: string,
    private readonly keep: Keep<Sending[]>,
    private readonly on: QueueListener,
    private readonly newKey: () => string = () => crypto.randomUUID(),
  ) {
    this.items = keep.read() ?? [];
  }

  /** Send what an earlier visit left unsent. */
  resume(): void {
    for (const item of this.items) this.on.sending(item, true);
    void this.send();
  }

  add(kind: Sending['kind'], exercise: string | null, version: number, cells: Cells): Promise<void> {
    const before = this.items.find((item) => item.kind === kind && item.exercise === exercise);
    if (before && JSON.stringify(before.cells) === JSON.stringify(cells)) return this.hurry();
    // What waits unsent for the same exercise is replaced: the learner sends the newer answer instead.
    this.items = this.items.filter((item) => item !== before || this.busy);
    const item: Sending = { key: this.newKey(), kind, exercise, version, cells };
    this.items.push(item);
    this.keep.write(this.items);
    this.on.sending(item, false);
    return this.send();
  }

  /** Try now instead of at the next turn. */
  hurry(): Promise<void> {
    this.later.cancel();
    return this.send();
  }

  private async send(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    try {
      for (let item = this.items[0]; item; item = this.items[0]) {
        if (!(await this.sendOne(item))) return;
      }
    } finally {
      this.busy = false;
    }
  }

  private async sendOne(item: Sending): Promise<boolean> {
    const { key, version, cells, exercise } = item;
    try {
      const attempt =
        item.kind === 'attempt'
          ? await this.api.post<AttemptView>(`${this.path}/attempts`, { exercise, key, version, cells }, { key })
          : await this.api.post<AttemptView>(`${this.path}/submissions`, { key, version, cells }, { key });
      this.done(item);
      if (attempt) this.on.accepted(item, attempt);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const pause = pauseOf(error);
      if (pause !== null && item.kind === 'submission') {
        // A lesson handed in is sent by itself when the pause is over; an answer is for its learner to look at again.
        this.on.sending(item, true);
        this.later.in(pause * 1000);
        return false;
      }
      if (pause === null && (error.transient || error.signedOut)) {
        this.on.sending(item, true);
        this.later.retry();
        return false;
      }
      this.done(item);
      this.on.refused(item, error);
    }
    return true;
  }

  private done(item: Sending): void {
    this.items = this.items.filter((other) => other !== item);
    this.keep.write(this.items.length ? this.items : null);
    this.later.worked();
  }
}
