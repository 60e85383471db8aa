/** A pause before the next answer: counts down second by second, and ends by itself. */
export class Pause {
  private until = 0;
  private timer: ReturnType<typeof setInterval> | null = null;

  constructor(
    private readonly on: { tick(): void; over(): void },
    private readonly now: () => number = () => Date.now(),
  ) {}

  /** Whole seconds that are left; 0 when there is no pause. */
  get seconds(): number {
    return Math.max(0, Math.ceil((this.until - this.now()) / 1000));
  }

  /** Begin, or go on for longer; a shorter time than is left changes nothing. */
  start(seconds: number): void {
    if (seconds <= this.seconds) return;
    this.until = this.now() + seconds * 1000;
    if (this.timer !== null) clearInterval(this.timer);
    this.timer = setInterval(() => this.tick(), 1000);
    this.on.tick();
  }

  private tick(): void {
    this.on.tick();
    if (this.seconds > 0) return;
    if (this.timer !== null) clearInterval(this.timer);
    this.timer = null;
    this.on.over();
  }
}
