import type { CoursePath, HomeView, LessonView } from '../types';

function* lessonsOf(courses: readonly CoursePath[]): Generator<[string, LessonView]> {
  for (const course of courses) {
    for (const module of course.modules) {
      for (const lesson of module.lessons) yield [`${course.name}/${lesson.key}`, lesson];
    }
  }
}

/** Lessons that were locked before and are not now, by `course/module/lesson`. */
export function newlyOpen(before: HomeView, after: HomeView): Map<string, LessonView> {
  const locked = new Set([...lessonsOf(before.courses)].filter(([, lesson]) => lesson.status === 'locked').map(([key]) => key));
  return new Map([...lessonsOf(after.courses)].filter(([key, lesson]) => locked.has(key) && lesson.status !== 'locked'));
}

/** The course whose next lesson is the one big action: one that was begun, else the first that has a next lesson. */
export function leadCourse(courses: readonly CoursePath[]): CoursePath | null {
  const withNext = courses.filter((course) => course.next);
  const begun = (course: CoursePath): boolean =>
    course.modules.some((module) => module.lessons.some((lesson) => lesson.status === 'in_progress' || lesson.status === 'mastered'));
  return withNext.find(begun) ?? withNext[0] ?? null;
}

/** Whether this learner has done anything in any course yet. */
export function isNew(courses: readonly CoursePath[]): boolean {
  return [...lessonsOf(courses)].every(([, lesson]) => lesson.status === 'open' || lesson.status === 'locked');
}
