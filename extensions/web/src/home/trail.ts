import { html, nothing, type TemplateResult } from 'lit';
import { icon, type IconName } from '../base/icons';
import { text } from '../strings';
import type { CoursePath, LessonStatus, LessonView } from '../types';
import { lessonMenu } from './lesson-menu';
import { followsLearner } from './own-ways';
import type { Talk } from './talk';

export interface TrailOptions {
  talk: Talk | null;
  /** `course/module/lesson` of lessons that opened while the page was shown. */
  fresh: ReadonlySet<string>;
  open(event: MouseEvent, title: string, url: string): void;
}

const ICONS: Record<LessonStatus, IconName> = { locked: 'lock', open: 'open', in_progress: 'half', mastered: 'check', due: 'due' };

/** Whether an expected share says how far the learner is: of a lesson not begun it is only what is usual. */
function isBegun(course: CoursePath, key: string): boolean {
  const lesson = course.modules.flatMap((module) => module.lessons).find((one) => one.key === key);
  return lesson !== undefined && lesson.status !== 'open' && lesson.status !== 'locked';
}

function requirements(course: CoursePath, lesson: LessonView): TemplateResult | typeof nothing {
  const open = lesson.requirements.filter(({ met, lesson: key }) => !met && (!followsLearner(course) || isBegun(course, key)));
  if (!open.length) return nothing;
  return html`<ul class="tb-needs">
    ${open.map(({ title, reached, needed }) => {
      const share = needed > 0 ? Math.min(reached / needed, 1) : 1;
      // One requirement is said by `because` already; several are told apart by name.
      return html`<li>
        <span class=${open.length > 1 ? '' : 'tb-visually-hidden'}>${title}: ${text.homePage.requirementProgress(reached, needed)}</span>
        <progress class="tb-meter" aria-hidden="true" max="1" .value=${share}></progress>
      </li>`;
    })}
  </ul>`;
}

function facts(lesson: LessonView): string[] {
  const list: string[] = [text.status[lesson.status], text.minutes(lesson.minutes)];
  if (lesson.max_score > 0 && lesson.status !== 'locked') list.push(text.points(lesson.score, lesson.max_score));
  if (lesson.max_score > 0 && lesson.status === 'locked') list.push(text.pointsWorth(lesson.max_score));
  if (lesson.handed_in) list.push(text.homePage.handedIn);
  return list;
}

function stop(course: CoursePath, lesson: LessonView, options: TrailOptions): TemplateResult {
  const locked = lesson.status === 'locked';
  const fresh = options.fresh.has(`${course.name}/${lesson.key}`);
  const next = course.next?.lesson === lesson.key;
  return html`<li
    class="tb-stop tb-stop--${lesson.status} ${fresh ? 'tb-stop--fresh' : ''} ${next ? 'tb-stop--next' : ''}"
    data-lesson=${lesson.key}
    data-status=${lesson.status}
  >
    <span class="tb-stop__mark">${icon(ICONS[lesson.status])}</span>
    <div class="tb-stop__body">
      ${locked
        ? html`<span class="tb-stop__title">${lesson.title}</span>`
        : html`<a class="tb-stop__title" href=${lesson.url} @click=${(event: MouseEvent) => options.open(event, lesson.title, lesson.url)}
            >${lesson.title}</a
          >`}
      ${fresh ? html`<span class="tb-stop__fresh">${text.homePage.newlyOpen}</span>` : nothing}
      <p class="tb-stop__facts">${facts(lesson).join(' · ')}</p>
      ${locked || fresh || lesson.status === 'due'
        ? html`<p class="tb-stop__because">
            ${lesson.because}${locked && lesson.minutes_to_open > 0 ? ` ${text.ways.minutesAway(lesson.minutes_to_open)}` : nothing}
          </p>`
        : nothing}
      ${locked ? requirements(course, lesson) : nothing} ${options.talk ? lessonMenu(course, lesson, options.talk) : nothing}
    </div>
  </li>`;
}

/** One course's path: every module's lessons as stops along a trail. */
export function trail(course: CoursePath, options: TrailOptions): TemplateResult {
  const modules = course.modules.filter((module) => module.lessons.length);
  if (!modules.length) return html`<p class="tb-notice">${text.homePage.noLessons}</p>`;
  return html`${modules.map(
    (module) => html`<section class="tb-module">
      <h3>${module.title}</h3>
      <ol class="tb-trail">
        ${module.lessons.map((lesson) => stop(course, lesson, options))}
      </ol>
    </section>`,
  )}`;
}
