import { html, render } from 'lit';
import { ApiError, Api } from '../base/api';
import { Later } from '../base/later';
import { Live, type LiveState } from '../base/live';
import { text } from '../strings';
import type { HomeView } from '../types';
import { newlyOpen } from './news';
import { OwnWays } from './own-ways';
import { PreferencesForm } from './preferences';
import { Talk } from './talk';
import { failedTemplate, homeTemplate, loadingTemplate } from './view';
import { Workspace } from './workspace';

const REFRESH_MILLISECONDS = 150; // several events of one grading ask for one refresh
const CHANGES = new Set(['attempt_graded', 'lesson_unlocked', 'path_changed', 'submission_graded', 'manual_grade', 'lesson_released', 'question_asked', 'sitting_ended']);

/** Home: what next and why, the path of every course, live. */
export class TrailbookHome extends HTMLElement {
  private readonly api = new Api(`${document.documentElement.dataset['baseUrl'] ?? '/'}api/v1/`);
  private readonly fresh = new Set<string>();
  private readonly ways = new OwnWays(this.api, () => this.draw());
  private readonly talk = new Talk(this.api, {
    change: () => this.talked(),
    done: () => this.refreshSoon.in(REFRESH_MILLISECONDS),
    navigate: (title, url) => this.workspace?.open(title, url),
  });
  private readonly preferences = new Map<string, PreferencesForm>();
  private home: HomeView | null = null;
  private workspace: Workspace | null = null;
  private live: Live | null = null;
  private liveState: LiveState = 'connecting';
  private failed = false;
  private announcement = '';
  private answered: Talk['answer'] = null;
  private readonly refreshSoon = new Later(() => void this.refresh());

  connectedCallback(): void {
    const embedded = document.getElementById('trailbook-data')?.textContent;
    this.draw();
    if (embedded) this.show(JSON.parse(embedded) as HomeView);
    else void this.refresh();
    this.live = new Live(this.api, 'events', {
      event: (event) => {
        if (CHANGES.has(event.kind)) this.refreshSoon.in(REFRESH_MILLISECONDS);
      },
      state: (state, again) => {
        this.liveState = state;
        if (state === 'live' && (again || !this.home)) this.refreshSoon.now();
        this.draw();
      },
    });
    void this.live.run();
    addEventListener('online', this.hurry);
    addEventListener('offline', this.redraw);
    // Back from a lesson: the browser shows the page as it was left, which is no longer true.
    addEventListener('pageshow', this.shownAgain);
  }

  disconnectedCallback(): void {
    this.live?.stop();
    this.refreshSoon.cancel();
    removeEventListener('online', this.hurry);
    removeEventListener('offline', this.redraw);
    removeEventListener('pageshow', this.shownAgain);
  }

  private readonly redraw = (): void => this.draw();

  private readonly hurry = (): void => {
    this.live?.hurry();
    this.draw();
  };

  private readonly shownAgain = (event: PageTransitionEvent): void => {
    if (!event.persisted) return;
    this.workspace?.cancel();
    this.refreshSoon.now();
  };

  private show(home: HomeView): void {
    if (this.home) {
      const opened = newlyOpen(this.home, home);
      for (const key of opened.keys()) this.fresh.add(key);
      if (opened.size) {
        this.announcement = [...opened.values()]
          .map((lesson) => text.homePage.unlockedAnnouncement(lesson.title, lesson.because))
          .join(' ');
      }
    }
    this.home = home;
    this.failed = false;
    if (!this.workspace) {
      this.workspace = new Workspace(this.api, home.server, {
        change: () => this.draw(),
        navigate: (url) => location.assign(url),
      });
      if (home.courses.length) void this.workspace.start();
    }
    this.draw();
    void this.ways.load(home.courses);
  }

  private preferencesOf(course: string): PreferencesForm {
    const found = this.preferences.get(course) ?? new PreferencesForm(this.api, course, { change: () => this.draw(), saved: () => this.refreshSoon.now() });
    this.preferences.set(course, found);
    return found;
  }

  /** Show what is talked about: a dialog while there is a topic, its title in focus once there is an answer. */
  private talked(): void {
    const answered = this.talk.answer;
    this.draw();
    const dialog = this.querySelector('dialog');
    if (!dialog) return;
    if (this.talk.topic && !dialog.open) dialog.showModal();
    if (!this.talk.topic && dialog.open) dialog.close();
    if (answered && answered !== this.answered) dialog.querySelector<HTMLElement>('h2')?.focus();
    this.answered = answered;
  }

  private async refresh(): Promise<void> {
    try {
      this.show(await this.api.get<HomeView>('home'));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.signedOut) this.liveState = 'signed_out';
      this.failed = true;
      this.draw();
    }
  }

  private get trouble(): string {
    if (this.liveState === 'signed_out') return text.homePage.signedOut;
    if (!navigator.onLine) return text.homePage.offline;
    return this.liveState === 'lost' ? text.homePage.stale : '';
  }

  private draw(): void {
    const options = {
      workspace: this.workspace,
      talk: this.talk,
      waysOf: (course: string) => this.ways.of(course),
      preferencesOf: (course: string) => this.preferencesOf(course),
      reload: (course: string) => void this.ways.loadOne(course),
      fresh: this.fresh,
      trouble: this.trouble,
      signedOut: this.liveState === 'signed_out',
      retry: () => location.reload(),
      open: (event: MouseEvent, title: string, url: string) => {
        // A new tab or window is the browser's business, and waits on the hub's own page.
        if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
        event.preventDefault();
        this.workspace?.open(title, url);
      },
    };
    const content = this.home
      ? homeTemplate(this.home, options)
      : this.failed
        ? failedTemplate(() => {
            this.failed = false;
            this.draw();
            void this.refresh();
          })
        : loadingTemplate();
    render(
      html`<main class="tb-main tb-home" id="main">${content}</main>
        <p class="tb-visually-hidden" role="status">${this.announcement}</p>`,
      this,
    );
  }
}
