/** The JSON of what a learner takes on beside the lessons: reviews, test-outs, practice, placements, help, preferences. */

export interface DueView {
  skill: string;
  title: string;
  /** Predicted probability that it is still there, 0 to 1. */
  recall: number;
  because: string;
  last_at: string;
  due_at: string;
}

export interface ReviewsView {
  course: string;
  due: DueView[];
  because: string;
}

export interface ReviewExercise {
  lesson: string;
  lesson_title: string;
  exercise: string;
  title: string;
  minutes: number;
  skills: string[];
  url: string;
}

export interface ReviewView {
  course: string;
  minutes: number;
  because: string;
  exercises: ReviewExercise[];
}

export type Purpose = 'practice' | 'test_out' | 'placement';

export interface AskedView {
  lesson: string;
  lesson_title: string;
  exercise: string;
  title: string;
  /** The learner said not to know it. */
  skipped: boolean;
  url: string;
}

export interface SittingView {
  id: string;
  learner: string;
  purpose: Purpose;
  /** Null for a placement, which is about the whole course; so are `title` and `url`. */
  lesson: string | null;
  title: string | null;
  url: string | null;
  because: string;
  exercises: AskedView[];
  started_at: string;
  /** Null while it lasts. */
  ended_at: string | null;
  known: { lesson: string; title: string }[];
}

export type Way = 'example' | 'easier' | 'repair' | 'peer' | 'person';

export interface OfferView {
  way: Way;
  because: string;
  lesson: string | null;
  exercise: string | null;
  url: string | null;
}

export interface HelpView {
  struggles: boolean;
  signs: string[];
  because: string;
  offers: OfferView[];
}

export type Format = 'read' | 'watch' | 'practise';
export type Pace = 'calm' | 'steady' | 'brisk';

export interface PreferencesView {
  /** Null where the author's order is as good as any. */
  first: Format | null;
  pace: Pace;
  minutes_a_day: number | null;
}
