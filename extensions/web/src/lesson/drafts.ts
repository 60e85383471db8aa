import { ApiError, type Api } from '../base/api';
import type { Keep } from '../base/keep';
import { Later } from '../base/later';
import type { Cells, Drafts } from '../types';

export type SaveState = 'saved' | 'saving' | 'local' | 'conflict' | 'signed_out';

/** What this browser keeps: the text, and the text both sides last agreed on. */
export interface KeptDrafts {
  revision: number;
  cells: Cells;
  base: Cells;
}

export interface DraftListener {
  state(state: SaveState): void;
  /** The text of a cell was changed elsewhere and not here: show it. */
  replaced(cell: string, source: string): void;
  /** The text of a cell was changed here and elsewhere; null when that is settled. */
  conflict(cell: string, theirs: string | null): void;
}

const PAUSE_MILLISECONDS = 800;

/**
 * The learner's answers as they are written: kept in this browser at once, on the server soon after.
 *
 * Two tabs or devices never overwrite each other silently. A cell changed on one side only takes that side; a cell
 * changed on both is a conflict, and stays here unsent until `keepMine` or `useTheirs`.
 */
export class DraftStore {
  private cells: Cells = {};
  private base: Cells = {};
  private revision = 0;
  private readonly conflicts = new Map<string, string>();
  private sending = false;
  private readonly later = new Later(() => void this.push());
  private current: SaveState = 'saved';

  constructor(
    private readonly api: Api,
    private readonly path: string,
    private readonly keep: Keep<KeptDrafts>,
    private readonly on: DraftListener,
  ) {}

  /** Begin with the server's drafts and whatever this browser kept unsent; returns the text to show. */
  load(server: Drafts): Cells {
    this.cells = { ...server.cells };
    this.base = { ...server.cells };
    this.revision = server.revision;
    const kept = this.keep.read();
    if (kept) {
      this.base = { ...kept.base };
      this.cells = { ...kept.base, ...kept.cells };
      this.merge(server);
    }
    this.settle();
    return { ...this.cells };
  }

  edit(cell: string, source: string): void {
    if (this.cells[cell] === source) return;
    this.cells[cell] = source;
    this.settle();
  }

  /** Tell the conflicts that loading found again, once there is a page to show them. */
  repeatConflicts(): void {
    for (const [cell, theirs] of this.conflicts) this.on.conflict(cell, theirs);
  }

  keepMine(cell: string): void {
    const theirs = this.conflicts.get(cell);
    if (theirs === undefined) return;
    this.base[cell] = theirs;
    this.conflicts.delete(cell);
    this.on.conflict(cell, null);
    this.settle();
  }

  useTheirs(cell: string): void {
    const theirs = this.conflicts.get(cell);
    if (theirs === undefined) return;
    this.base[cell] = theirs;
    this.cells[cell] = theirs;
    this.conflicts.delete(cell);
    this.on.conflict(cell, null);
    this.on.replaced(cell, theirs);
    this.settle();
  }

  /** Send what is unsent now: the connection is back, or the page is being left. */
  flush(leaving = false): void {
    if (this.dirty().length) void this.push(leaving);
  }

  /** Take what the server has now, as after a lost connection. */
  refresh(server: Drafts): void {
    this.merge(server);
    this.settle();
  }

  private dirty(): string[] {
    return Object.keys(this.cells).filter((cell) => this.cells[cell] !== this.base[cell] && !this.conflicts.has(cell));
  }

  private settle(): void {
    const unsent = this.dirty().length > 0;
    const kept = unsent || this.conflicts.size ? { revision: this.revision, cells: this.cells, base: this.base } : null;
    this.keep.write(kept);
    if (this.conflicts.size) this.say('conflict');
    else if (!unsent) this.say('saved');
    if (!unsent) return;
    if (!this.conflicts.size && this.current !== 'local') this.say('saving');
    if (!this.sending) this.later.in(PAUSE_MILLISECONDS);
  }

  private async push(leaving = false): Promise<void> {
    const cells = this.dirty();
    if (!cells.length || this.sending) return;
    this.later.cancel();
    this.sending = true;
    const sent = Object.fromEntries(cells.map((cell) => [cell, this.cells[cell] ?? '']));
    try {
      const body = { revision: this.revision, cells: sent };
      const answer = await this.api.put<{ revision: number }>(this.path, body, { keepalive: leaving });
      this.revision = answer.revision;
      Object.assign(this.base, sent);
      this.later.worked();
      this.current = 'saving';
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.failed(error);
      return;
    } finally {
      this.sending = false;
    }
    this.settle();
  }

  private failed(error: ApiError): void {
    if (error.status === 409) {
      this.merge(error.details as unknown as Drafts);
      this.sending = false;
      this.settle();
    } else if (error.signedOut) {
      this.say('signed_out');
    } else {
      this.say('local');
      this.later.retry();
    }
  }

  private merge(server: Drafts): void {
    this.revision = server.revision;
    for (const [cell, theirs] of Object.entries(server.cells)) {
      const mine = this.cells[cell];
      const base = this.base[cell];
      if (mine === theirs) this.base[cell] = theirs;
      else if (theirs === base) continue;
      else if (mine === undefined || mine === base) {
        this.base[cell] = theirs;
        this.cells[cell] = theirs;
        this.on.replaced(cell, theirs);
      } else {
        this.conflicts.set(cell, theirs);
        this.on.conflict(cell, theirs);
      }
    }
  }

  private say(state: SaveState): void {
    this.current = state;
    this.on.state(state);
  }
}
