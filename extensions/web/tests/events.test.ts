// @vitest-environment node
import { expect, test } from 'vitest';
import { route, type LessonListener } from '../src/lesson/events';
import type { LiveEvent } from '../src/types';
import { exercise, lesson } from './support';

const here = { course: 'c', lesson: 'm/one' };

function told(event: LiveEvent): unknown[][] {
  const calls: unknown[][] = [];
  const on = new Proxy({} as LessonListener, {
    get:
      (_target, name) =>
      (...values: unknown[]) =>
        calls.push([name, ...values]),
  });
  route(event, here, on);
  return calls;
}

test('a graded attempt brings attempt, exercise and the lesson’s points', () => {
  const data = { attempt: { id: 'a' }, exercise: exercise(), lesson: lesson() };
  expect(told({ kind: 'attempt_graded', course: 'c', lesson: 'm/one', data })).toEqual([
    ['lessonChanged', data.lesson],
    ['attemptGraded', data.attempt, data.exercise],
  ]);
});

test('a graded hand-in brings its attempt', () => {
  const event = { kind: 'submission_graded', course: 'c', lesson: 'm/one', data: { attempt: { id: 's' } } };
  expect(told(event)).toEqual([['submissionGraded', { id: 's' }]]);
});

test('another lesson opens with its reason', () => {
  const opened = lesson({ key: 'm/two' });
  expect(told({ kind: 'lesson_unlocked', course: 'c', lesson: 'm/two', data: { because: 'You did it.', lesson: opened } })).toEqual([
    ['unlocked', opened, 'You did it.'],
  ]);
});

test('a grader’s points reach their exercise', () => {
  const event = { kind: 'manual_grade', course: 'c', lesson: 'm/one', data: { exercise: exercise({ comment: 'Good.' }), lesson: lesson() } };
  expect(told(event).map(([name]) => name)).toEqual(['lessonChanged', 'exerciseChanged']);
});

test.each([
  { kind: 'attempt_graded', course: 'other', lesson: 'm/one', data: { lesson: lesson() } },
  { kind: 'attempt_graded', course: 'c', lesson: 'm/two', data: { lesson: lesson() } },
  { kind: 'lesson_unlocked', course: 'other', lesson: 'm/two', data: { lesson: lesson({ key: 'm/two' }) } },
  { kind: 'kernel', data: { course: 'c', lesson: 'm/two', reason: 'culled' } },
  { kind: 'something_new', course: 'c', lesson: 'm/one', data: {} },
] satisfies LiveEvent[])('what happens elsewhere changes nothing here: $kind of $course $lesson', (event) => {
  expect(told(event)).toEqual([]);
});

test('service and kernel come from the learner’s own server', () => {
  expect(told({ kind: 'service', data: { up: false } })).toEqual([['service', false]]);
  expect(told({ kind: 'kernel', data: { course: 'c', lesson: 'm/one', reason: 'culled' } })).toEqual([['kernelGone', 'culled']]);
});

test('a new version is told', () => {
  expect(told({ kind: 'lesson_released', course: 'c', lesson: 'm/one', data: { version: 4 } })).toEqual([['released', 4]]);
});

test('a test that ended comes with its exercise and attempt', () => {
  const data = { attempt: 'a', grade_id: 't', score: 1, max_score: 2, message: 'm', mode: 'separate' };
  const event = { kind: 'test_ended', course: 'c', lesson: 'm/one', exercise: 'tidy', data };
  const test_ = { grade_id: 't', score: 1, max_score: 2, message: 'm', mode: 'separate', passed: false };
  expect(told(event)).toEqual([['testEnded', 'a', 'tidy', test_]]);
  expect(told({ ...event, exercise: null })).toEqual([]);
});

test('struggle, a test’s end and a placement’s next question', () => {
  const two = lesson({ key: 'm/two' });
  expect(told({ kind: 'struggle_noticed', course: 'c', lesson: 'm/one', exercise: 'tidy', data: { because: 'x' } })).toEqual([['struggles', 'tidy']]);
  expect(told({ kind: 'struggle_noticed', course: 'c', lesson: 'm/two', exercise: 'tidy', data: {} })).toEqual([]);
  expect(told({ kind: 'sitting_ended', course: 'c', lesson: 'm/two', data: { purpose: 'test_out', known: ['m/two'], lesson: two } })).toEqual([
    ['sittingEnded', 'test_out', true, two],
  ]);
  expect(told({ kind: 'sitting_ended', course: 'c', lesson: null, data: { purpose: 'placement', known: [] } })).toEqual([['sittingEnded', 'placement', false, null]]);
  expect(told({ kind: 'question_asked', course: 'c', lesson: 'm/two', exercise: 'b', data: { lesson: two } })).toEqual([['asked', two, 'b']]);
});
