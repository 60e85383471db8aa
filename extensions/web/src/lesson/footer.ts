import type { LessonView } from '../types';

/** Make the footer's locked next lesson a link, once that lesson is open. */
export function openNextLesson(lesson: LessonView): void {
  const place = document.querySelector<HTMLElement>('.tb-footer__next');
  if (!place || place.dataset['lesson'] !== lesson.key || lesson.status === 'locked' || place instanceof HTMLAnchorElement) return;
  const link = document.createElement('a');
  link.className = 'tb-footer__next tb-footer__next--new';
  link.rel = 'next';
  link.dataset['lesson'] = lesson.key;
  link.href = lesson.url;
  link.textContent = lesson.title;
  place.replaceWith(link);
}
