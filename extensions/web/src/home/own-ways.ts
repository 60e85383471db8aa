import { ApiError, type Api } from '../base/api';
import type { CoursePath } from '../types';
import type { ReviewsView, SittingView } from '../ways-types';

/** What is under way and due in one course; nothing while it is not known. */
export interface CourseWays {
  reviews: ReviewsView | null;
  /** Practice, test-outs and placements that last. */
  sittings: SittingView[];
  failed: boolean;
}

export const NOTHING: CourseWays = { reviews: null, sittings: [], failed: false };

/** The address of a course's part of the API. */
export const coursePath = (course: string): string => `courses/${encodeURIComponent(course)}`;

/** Whether a course follows its learner: it then knows skills. */
export const followsLearner = (course: CoursePath): boolean => course.skills.length > 0;

/** What the learner has under way beside the lessons, by course; asked for after Home itself is shown. */
export class OwnWays {
  private readonly known = new Map<string, CourseWays>();

  constructor(
    private readonly api: Api,
    private readonly change: () => void,
  ) {}

  of(course: string): CourseWays {
    return this.known.get(course) ?? NOTHING;
  }

  /** Ask anew for every course that follows its learner; what was known stays shown meanwhile. */
  async load(courses: readonly CoursePath[]): Promise<void> {
    await Promise.all(courses.filter(followsLearner).map((course) => this.loadOne(course.name)));
  }

  async loadOne(course: string): Promise<void> {
    const path = coursePath(course);
    try {
      const [reviews, sittings] = await Promise.all([
        this.api.get<ReviewsView>(`${path}/reviews`),
        this.api.get<{ items: SittingView[] }>(`${path}/sittings`),
      ]);
      const lasting = sittings.items.filter((sitting) => sitting.ended_at === null);
      this.known.set(course, { reviews, sittings: lasting, failed: false });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.known.set(course, { ...this.of(course), failed: true });
    }
    this.change();
  }
}
