/** Waits between tries, in milliseconds: soon at first, then patient. */
const RETRY_MILLISECONDS = [1000, 2000, 5000, 10_000, 20_000, 30_000];

/** One thing to do later: a new time replaces the old one. */
export class Later {
  private timer: ReturnType<typeof setTimeout> | null = null;
  private failures = 0;

  constructor(private readonly action: () => void) {}

  get waiting(): boolean {
    return this.timer !== null;
  }

  in(milliseconds: number): void {
    this.cancel();
    this.timer = setTimeout(() => {
      this.timer = null;
      this.action();
    }, milliseconds);
  }

  /** Try again after a failure: each failure in a row waits longer. */
  retry(): void {
    const wait = RETRY_MILLISECONDS[Math.min(this.failures, RETRY_MILLISECONDS.length - 1)] ?? 0;
    this.failures += 1;
    this.in(wait);
  }

  /** Note that it worked, so that the next failure waits briefly again. */
  worked(): void {
    this.failures = 0;
  }

  now(): void {
    this.cancel();
    this.action();
  }

  cancel(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
  }
}
