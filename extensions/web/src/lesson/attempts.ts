import { ApiError, type Api } from '../base/api';
import { Later } from '../base/later';
import type { AttemptView } from '../types';

const FIRST_LOOK_MILLISECONDS = 4000;
const LINE_MILLISECONDS = 3000; // how often a place in the line is asked for
const SLOW_AFTER_LOOKS = 2;

/**
 * Follow accepted attempts until they are graded.
 *
 * The live events tell it first. Should they be cut, this asks: the verdict is never lost to a lost connection.
 */
export class AttemptWatch {
  private readonly waiting = new Map<string, { look: Later; looks: number }>();

  constructor(
    private readonly api: Api,
    private readonly on: {
      graded(attempt: AttemptView): void;
      slow(id: string): void;
      /** It did not begin yet; `why` is the service's own sentence. */
      waits(id: string, why: string): void;
    },
  ) {}

  follow(id: string): void {
    if (this.waiting.has(id)) return;
    const entry = { look: new Later(() => void this.ask(id)), looks: 0 };
    this.waiting.set(id, entry);
    entry.look.in(FIRST_LOOK_MILLISECONDS);
  }

  /** A live event told the result: stop asking. */
  told(id: string): void {
    this.waiting.get(id)?.look.cancel();
    this.waiting.delete(id);
  }

  private async ask(id: string): Promise<void> {
    const entry = this.waiting.get(id);
    if (!entry) return;
    try {
      const attempt = await this.api.get<AttemptView>(`attempts/${encodeURIComponent(id)}`);
      if (!this.waiting.has(id)) return;
      if (attempt.status === 'done' || attempt.status === 'failed') {
        this.told(id);
        this.on.graded(attempt);
        return;
      }
      if (attempt.status === 'queued' && attempt.message) {
        this.on.waits(id, attempt.message);
        entry.look.in(LINE_MILLISECONDS);
        return;
      }
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (!error.transient) return this.told(id);
    }
    entry.looks += 1;
    if (entry.looks === SLOW_AFTER_LOOKS) this.on.slow(id);
    entry.look.retry();
  }
}
