import { ApiError, type Api } from './api';
import { readLines } from './lines';
import type { LiveEvent } from '../types';

export type LiveState = 'connecting' | 'live' | 'lost' | 'signed_out';

interface Message {
  event: string;
  id: string;
  data: string;
}

const RETRY_MILLISECONDS = [1000, 2000, 5000, 10_000, 20_000];

/** Messages of one server-sent event stream, as the standard defines them. */
export async function* readMessages(body: ReadableStream<Uint8Array>): AsyncGenerator<Message> {
  let message: Message = { event: '', id: '', data: '' };
  let lines: string[] = [];
  for await (const line of readLines(body)) {
    if (line === '') {
      if (lines.length) yield { ...message, data: lines.join('\n') };
      message = { event: '', id: message.id, data: '' };
      lines = [];
      continue;
    }
    const [, field = '', value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
    if (field === 'data') lines.push(value);
    if (field === 'event') message.event = value;
    if (field === 'id') message.id = value;
  }
}

/**
 * Follow a server-sent event stream for as long as the page lives.
 *
 * Over `fetch`, not `EventSource`: that one gives up for good at the first 502, cannot name the last event it saw
 * after such an answer, and does not tell a sign-out from a dead network.
 */
export class Live {
  private lastId = '';
  private failures = 0;
  private stopped = false;
  private abort = new AbortController();
  private wake: (() => void) | null = null;

  constructor(
    private readonly api: Api,
    private readonly path: string,
    private readonly on: {
      event: (event: LiveEvent) => void;
      /** `again` is true when the stream was live before: what happened meanwhile must be asked for. */
      state: (state: LiveState, again: boolean) => void;
    },
    private readonly retryMilliseconds: readonly number[] = RETRY_MILLISECONDS,
  ) {}

  /** Connect, and connect again whenever the stream ends; returns when stopped or signed out. */
  async run(): Promise<void> {
    let again = false;
    this.on.state('connecting', false);
    while (!this.stopped) {
      try {
        const headers: Record<string, string> = { Accept: 'text/event-stream' };
        if (this.lastId) headers['Last-Event-ID'] = this.lastId;
        const response = await this.api.send('GET', this.path, { headers, signal: this.abort.signal });
        this.failures = 0;
        this.on.state('live', again);
        again = true;
        if (response.body) await this.follow(response.body);
      } catch (error) {
        if (this.stopped) return;
        if (error instanceof ApiError && error.signedOut) {
          this.on.state('signed_out', again);
          return;
        }
      }
      if (this.stopped) return;
      this.on.state('lost', again);
      await this.pause();
    }
  }

  stop(): void {
    this.stopped = true;
    this.abort.abort();
    this.wake?.();
  }

  /** Try now instead of waiting for the next turn: the network came back or the tab was looked at. */
  hurry(): void {
    this.failures = 0;
    this.wake?.();
  }

  private async follow(body: ReadableStream<Uint8Array>): Promise<void> {
    for await (const message of readMessages(body)) {
      if (message.id) this.lastId = message.id;
      const data = JSON.parse(message.data) as Partial<LiveEvent>;
      const kind = message.event || data.kind || '';
      // The learner's server's own `service` event has bare data.
      this.on.event(data.data ? ({ ...data, kind } as LiveEvent) : { kind, data: data as Record<string, unknown> });
    }
  }

  private async pause(): Promise<void> {
    const steps = this.retryMilliseconds;
    const wait = steps[Math.min(this.failures, steps.length - 1)] ?? 0;
    this.failures += 1;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, wait);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.wake = null;
  }
}
