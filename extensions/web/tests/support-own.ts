import type { SkillView } from '../src/types';
import type { HelpView, ReviewsView, ReviewView, SittingView } from '../src/ways-types';

export function skill(changes: Partial<SkillView> = {}): SkillView {
  return {
    name: 'filtering',
    title: 'Filtering',
    mastery: 0.79,
    held: true,
    solved: 4,
    answered: 5,
    last_at: '2026-03-03T10:00:00+00:00',
    evidence: 'You solved 4 of 5 on Filtering, last on Tuesday.',
    lessons: ['m/one'],
    ...changes,
  };
}

export const unseen = (name: string, title: string): SkillView =>
  skill({ name, title, held: false, solved: 0, answered: 0, last_at: null, evidence: `You have not answered anything on ${title} yet.` });

export function sitting(changes: Partial<SittingView> = {}): SittingView {
  const asked = { lesson: 'm/two', lesson_title: 'Two', skipped: false };
  return {
    id: 's 1',
    learner: 'ada',
    purpose: 'test_out',
    lesson: 'm/two',
    title: 'Two',
    url: '/two',
    because: 'So far 1 of 2 right.',
    exercises: [
      { ...asked, exercise: 'a', title: 'First question', url: '/two#exercise-a' },
      { ...asked, exercise: 'b', title: 'Second question', url: '/two#exercise-b' },
    ],
    started_at: '2026-03-03T10:00:00+00:00',
    ended_at: null,
    known: [],
    ...changes,
  };
}

export const due: ReviewsView = {
  course: 'c',
  because: 'A few minutes now save you from learning it again later.',
  due: [{ skill: 'filtering', title: 'Filtering', recall: 0.8, because: 'It fades a little.', last_at: '', due_at: '' }],
};

export const review: ReviewView = {
  course: 'c',
  minutes: 7.5,
  because: 'Two exercises on Filtering.',
  exercises: [{ lesson: 'm/one', lesson_title: 'Lesson one', exercise: 'a', title: 'Keep the big ones', minutes: 4, skills: ['Filtering'], url: '/one#exercise-a' }],
};

export const help: HelpView = {
  struggles: false,
  signs: [],
  because: 'Good that you say so. Here is what may help.',
  offers: [
    { way: 'repair', because: 'This builds on text.', lesson: 'm/one', exercise: null, url: '/one' },
    { way: 'person', because: 'Ask a person.', lesson: 'm/two', exercise: null, url: '/two' },
  ],
};
