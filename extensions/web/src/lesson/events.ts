import type { AttemptView, ExerciseView, LessonView, LiveEvent, TestView } from '../types';
import type { Purpose } from '../ways-types';

/** What a live event means for the open lesson. */
export interface LessonListener {
  attemptGraded(attempt: AttemptView | null, exercise: ExerciseView | null): void;
  testEnded(attempt: string, exercise: string, test: TestView): void;
  submissionGraded(attempt: AttemptView | null): void;
  exerciseChanged(exercise: ExerciseView): void;
  lessonChanged(lesson: LessonView): void;
  unlocked(lesson: LessonView, because: string): void;
  released(version: number): void;
  /** The learner struggles with an exercise of this lesson. */
  struggles(exercise: string): void;
  /** A test-out or a placement has ended. */
  sittingEnded(purpose: Purpose, known: boolean, lesson: LessonView | null): void;
  /** A placement asks its next question. */
  asked(lesson: LessonView, exercise: string): void;
  service(up: boolean): void;
  kernelGone(reason: string): void;
}

/** Hand a live event to the listener; events of other courses and lessons change nothing here. */
export function route(event: LiveEvent, here: { course: string; lesson: string }, on: LessonListener): void {
  const data = event.data as {
    attempt?: AttemptView;
    exercise?: ExerciseView;
    lesson?: LessonView | string;
    because?: string;
    version?: number;
    course?: string;
    up?: boolean;
    reason?: string;
    purpose?: Purpose;
    known?: string[];
  };
  if (event.kind === 'service') return on.service(data.up !== false);
  if (event.kind === 'kernel') {
    if (data.course === here.course && data.lesson === here.lesson) on.kernelGone(data.reason ?? '');
    return;
  }
  if (event.course !== here.course) return;
  const lesson = typeof data.lesson === 'object' ? data.lesson : null;
  if (event.kind === 'lesson_unlocked') {
    if (lesson && lesson.key !== here.lesson) on.unlocked(lesson, data.because ?? lesson.because);
    return;
  }
  if (event.kind === 'sitting_ended') return on.sittingEnded(data.purpose ?? 'practice', Boolean(data.known?.length), lesson);
  if (event.kind === 'question_asked' && lesson && event.exercise) return on.asked(lesson, event.exercise);
  if (event.lesson !== here.lesson) return;
  if (event.kind === 'struggle_noticed' && event.exercise) return on.struggles(event.exercise);
  if (event.kind === 'test_ended') {
    const { attempt, ...test } = event.data as unknown as TestView & { attempt: string };
    if (event.exercise) on.testEnded(attempt, event.exercise, { ...test, passed: test.score >= test.max_score });
    return;
  }
  if (lesson) on.lessonChanged(lesson);
  if (event.kind === 'attempt_graded') on.attemptGraded(data.attempt ?? null, data.exercise ?? null);
  if (event.kind === 'submission_graded') on.submissionGraded(data.attempt ?? null);
  if (event.kind === 'manual_grade' && data.exercise) on.exerciseChanged(data.exercise);
  if (event.kind === 'lesson_released' && data.version !== undefined) on.released(data.version);
}
