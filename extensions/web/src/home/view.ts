import { html, nothing, type TemplateResult } from 'lit';
import { icon } from '../base/icons';
import { text } from '../strings';
import type { CoursePath, HomeView } from '../types';
import { isNew, leadCourse } from './news';
import { nextCard, stepAction } from './next-card';
import { followsLearner, type CourseWays } from './own-ways';
import { preferencesPanel, type PreferencesForm } from './preferences';
import { skillMap } from './skills';
import { talkDialog } from './talk-view';
import { today } from './today';
import { trail, type TrailOptions } from './trail';
import type { Workspace } from './workspace';

export interface HomeOptions extends TrailOptions {
  workspace: Workspace | null;
  /** What is under way beside the lessons, by course. */
  waysOf(course: string): CourseWays;
  preferencesOf(course: string): PreferencesForm;
  reload(course: string): void;
  /** A sentence on what keeps the page from being current. */
  trouble: string;
  signedOut: boolean;
  retry(): void;
}

function workspaceLine(workspace: Workspace | null): TemplateResult | typeof nothing {
  if (!workspace) return nothing;
  const words = {
    stopped: text.homePage.serverStopped,
    starting: text.homePage.serverStarting,
    ready: text.homePage.serverReady,
    failed: text.homePage.serverFailed,
  };
  return html`<p class="tb-workspace" data-server=${workspace.state}>
    <span class="tb-workspace__dot" aria-hidden="true"></span>${words[workspace.state]}
    ${workspace.state === 'failed'
      ? html`<button type="button" class="tb-link" @click=${() => void workspace.start()}>${text.tryAgain}</button>`
      : nothing}
  </p>`;
}

function restCard(home: HomeView, options: HomeOptions): TemplateResult {
  const done = home.courses.filter((course) => course.finished);
  const all = done.length === home.courses.length;
  const title = all ? text.homePage.finished(done.map((course) => course.title).join(', ')) : text.homePage.nothingOpen;
  return html`<section class="tb-next tb-next--rest">
    <h2>${title}</h2>
    <p class="tb-next__because">${all ? text.homePage.finishedBody : text.homePage.nothingOpenBody}</p>
    <div role="status">${workspaceLine(options.workspace)}</div>
  </section>`;
}

/** Who is new to a course that follows its learner need not begin at the beginning. */
function placement(course: CoursePath, { talk, waysOf }: HomeOptions): TemplateResult | typeof nothing {
  if (!talk || !followsLearner(course) || !isNew([course])) return nothing;
  if (waysOf(course.name).sittings.some((sitting) => sitting.purpose === 'placement')) return nothing;
  return html`<p>
    <button type="button" class="tb-link tb-link--way" data-action="placement" @click=${() => talk.open(course, { what: 'placement', lesson: null })}>
      ${text.ways.place}
    </button>
  </p>`;
}

function underWay(course: CoursePath, options: HomeOptions): TemplateResult | typeof nothing {
  const { talk } = options;
  if (!talk || !followsLearner(course)) return nothing;
  return today(course, options.waysOf(course.name), { talk, open: options.open, retry: options.reload });
}

/** Whether the person may see the class of the course. */
const isStaff = (course: CoursePath): boolean => course.roles.some((role) => role === 'grader' || role === 'instructor');

function courseSection(course: CoursePath, lead: boolean, options: HomeOptions): TemplateResult {
  const lessons = course.modules.flatMap((module) => module.lessons);
  const done = lessons.filter((lesson) => lesson.status === 'mastered').length;
  const share = lessons.length ? done / lessons.length : 0;
  const { next } = course;
  return html`<section class="tb-course" data-course=${course.name} aria-labelledby="course-${course.name}">
    <div class="tb-course__about">
      <h2 id="course-${course.name}">${course.title}</h2>
      ${course.description ? html`<p>${course.description}</p>` : nothing}
      ${lessons.length
        ? html`<div class="tb-course__progress">
            <progress class="tb-meter" aria-hidden="true" max="1" .value=${share}></progress>
            <p>
              ${text.homePage.lessonsDone(done, lessons.length)}${course.max_score > 0
                ? html` · ${text.points(course.score, course.max_score)}`
                : nothing}
            </p>
          </div>`
        : nothing}
      ${!lead && next ? stepAction(course, next, options, { class: 'tb-button', label: `${text.next[next.kind]}: ${next.title}` }) : nothing}
      ${course.staff_url ? html`<p><a class="tb-staff" href=${course.staff_url}>${text.homePage.staff}</a></p>` : nothing}
      ${isStaff(course) ? html`<p><a class="tb-staff" href=${`courses/${encodeURIComponent(course.name)}/class`}>${text.homePage.theClass}</a></p>` : nothing}
      ${placement(course, options)}
    </div>
    <div class="tb-course__path">${underWay(course, options)} ${trail(course, options)}</div>
    ${followsLearner(course)
      ? html`<div class="tb-course__self">${skillMap(course)} ${preferencesPanel(course.name, options.preferencesOf(course.name))}</div>`
      : nothing}
  </section>`;
}

/** What is shown while a chosen lesson waits for the learner's server. */
function openingCard(workspace: Workspace): TemplateResult | typeof nothing {
  const { opening } = workspace;
  if (!opening) return nothing;
  const failed = workspace.state === 'failed';
  return html`<div class="tb-opening tb-card" role="status" data-opening>
    <p class="tb-opening__title">
      ${failed ? icon('alert') : html`<span class="tb-spinner" aria-hidden="true"></span>`} ${text.homePage.waitingTitle(opening.title)}
    </p>
    <p>${failed ? text.homePage.waitingFailed : opening.long ? text.homePage.waitingLong : text.homePage.waitingBody}</p>
    <div class="tb-opening__row">
      ${failed ? html`<button type="button" class="tb-button" @click=${() => void workspace.start()}>${text.tryAgain}</button>` : nothing}
      <button type="button" class="tb-button tb-button--quiet" @click=${() => workspace.cancel()}>${text.cancel}</button>
    </div>
  </div>`;
}

function troubleLine(options: HomeOptions): TemplateResult | typeof nothing {
  if (!options.trouble) return nothing;
  return html`<div class="tb-notice tb-notice--warn tb-home__trouble" role="status">
    ${options.trouble}
    ${options.signedOut ? html`<button type="button" class="tb-button" @click=${() => options.retry()}>${text.homePage.signIn}</button>` : nothing}
  </div>`;
}

export function homeTemplate(home: HomeView, options: HomeOptions): TemplateResult {
  if (!home.courses.length) {
    return html`${troubleLine(options)}
      <h1>${text.homePage.welcomeNew(home.learner)}</h1>
      <div class="tb-card tb-home__empty">
        <h2>${text.homePage.emptyTitle}</h2>
        <p>${text.homePage.emptyBody}</p>
      </div>`;
  }
  const lead = leadCourse(home.courses);
  const greeting = isNew(home.courses) ? text.homePage.welcomeNew(home.learner) : text.homePage.welcome(home.learner);
  return html`${troubleLine(options)}
    <h1>${greeting}</h1>
    ${lead ? nextCard(lead, options, workspaceLine(options.workspace)) : restCard(home, options)}
    ${home.courses.map((course) => courseSection(course, course === lead, options))}
    ${options.workspace ? openingCard(options.workspace) : nothing} ${options.talk ? talkDialog(options.talk, options.open) : nothing}`;
}

export function loadingTemplate(): TemplateResult {
  return html`<p class="tb-home__loading" role="status"><span class="tb-spinner" aria-hidden="true"></span> ${text.homePage.loading}</p>`;
}

export function failedTemplate(retry: () => void): TemplateResult {
  return html`<div class="tb-card tb-home__empty" role="alert">
    <h1>${text.homePage.failedTitle}</h1>
    <p>${text.homePage.failedBody}</p>
    <button type="button" class="tb-button tb-button--primary" @click=${retry}>${text.tryAgain}</button>
  </div>`;
}
