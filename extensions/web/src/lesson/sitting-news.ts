import { text } from '../strings';
import type { LessonView } from '../types';
import type { Purpose } from '../ways-types';
import type { Notices } from './notices';

/** Say how a test-out or a placement ended, and where to go on. */
export function sayEnded(notices: Notices, home: string, ended: { purpose: Purpose; known: boolean; lesson: LessonView | null }): void {
  if (ended.purpose === 'practice') return; // the learner ended it, on Home
  const words = ended.purpose === 'placement' ? text.page.placed : ended.known ? text.page.knownNow(ended.lesson?.title ?? '') : text.page.notKnown;
  notices.say(words, { label: text.page.goHome, act: () => location.assign(home) });
}

/** Say where a placement goes on. */
export function sayAsked(notices: Notices, lesson: LessonView, exercise: string): void {
  const url = `${lesson.url}#exercise-${encodeURIComponent(exercise)}`;
  notices.say(text.page.nextQuestion(lesson.title), { label: text.page.goThere, act: () => location.assign(url) });
}
