import { html, nothing, type TemplateResult } from 'lit';
import { icon } from '../base/icons';
import { text } from '../strings';
import type { CoursePath, LessonView } from '../types';
import { followsLearner } from './own-ways';
import type { Talk, Topic } from './talk';

interface Choice {
  name: string;
  label: string;
  hint: string;
  topic: Topic;
}

function choices(lesson: LessonView): Choice[] {
  const place = { key: lesson.key, title: lesson.title };
  const know: Choice = { name: 'know', label: text.ways.know, hint: text.ways.knowHint, topic: { what: 'test_out', lesson: place } };
  const ahead: Choice = { name: 'ahead', label: text.ways.ahead, hint: text.ways.aheadHint, topic: { what: 'practice', lesson: place } };
  const hard: Choice = { name: 'too-hard', label: text.ways.tooHard, hint: text.ways.tooHardHint, topic: { what: 'too_hard', lesson: place } };
  if (lesson.version === null) return []; // not released: there is nothing to do in it
  if (lesson.status === 'locked') return [know, ahead];
  return lesson.status === 'mastered' || lesson.status === 'due' ? [hard] : [know, hard];
}

function escape(event: KeyboardEvent): void {
  if (event.key !== 'Escape') return;
  const menu = event.currentTarget as HTMLDetailsElement;
  menu.open = false;
  menu.querySelector('summary')?.focus();
}

/** What else a learner can do about a lesson, folded away; only in a course that follows its learner. */
export function lessonMenu(course: CoursePath, lesson: LessonView, talk: Talk): TemplateResult | typeof nothing {
  const list = choices(lesson);
  if (!followsLearner(course) || !list.length) return nothing;
  return html`<details class="tb-menu" @keydown=${escape}>
    <summary title=${text.ways.more(lesson.title)}>${icon('more')}<span class="tb-visually-hidden">${text.ways.more(lesson.title)}</span></summary>
    <ul>
      ${list.map(
        ({ name, label, hint, topic }) => html`<li>
          <button type="button" class="tb-link" data-action=${name} @click=${() => talk.open(course, topic)}>${label}</button>
          <span>${hint}</span>
        </li>`,
      )}
    </ul>
  </details>`;
}
