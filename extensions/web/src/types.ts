/** The JSON that the course service and the learner's server send. */

export type LessonStatus = 'locked' | 'open' | 'in_progress' | 'mastered' | 'due';

export interface Requirement {
  lesson: string;
  title: string;
  /** Shares of the points, 0 to 1. */
  needed: number;
  reached: number;
  met: boolean;
}

export interface LessonView {
  key: string;
  module: string;
  name: string;
  title: string;
  minutes: number;
  status: LessonStatus;
  because: string;
  requirements: Requirement[];
  score: number;
  max_score: number;
  share: number;
  pass: number;
  handed_in: boolean;
  url: string;
  version: number | null;
  /** About how many minutes of work open it; 0 when it is open. */
  minutes_to_open: number;
}

export interface NextStep {
  lesson: string;
  title: string;
  minutes: number;
  because: string;
  url: string;
  /** `repair` leads to a lesson that taught what a later one needs. */
  kind: 'lesson' | 'repair' | 'review';
}

export interface SkillView {
  name: string;
  title: string;
  /** Share of the skill's exercises that the learner would solve now, 0 to 1. */
  mastery: number;
  /** Whether that is enough for what comes after it. */
  held: boolean;
  solved: number;
  answered: number;
  last_at: string | null;
  evidence: string;
  lessons: string[];
}

export interface ModuleView {
  name: string;
  title: string;
  lessons: LessonView[];
}

export interface CoursePath {
  name: string;
  title: string;
  description: string;
  roles: string[];
  staff_url: string | null;
  finished: boolean;
  score: number;
  max_score: number;
  next: NextStep | null;
  modules: ModuleView[];
  /** What else could be taken next, the best first. */
  alternatives: NextStep[];
  /** Empty in a course that goes by points. */
  skills: SkillView[];
}

export type ServerState = 'stopped' | 'starting' | 'ready';

export interface ServerView {
  state: ServerState;
  url: string;
}

export interface HomeView {
  learner: string;
  insecure: boolean;
  server: ServerView;
  courses: CoursePath[];
}

export type ExerciseKind = 'code' | 'text' | 'manual_code' | 'task';
export type ExerciseState = 'not_attempted' | 'grading' | 'graded' | 'needs_review';

export interface TestView {
  grade_id: string;
  passed: boolean;
  score: number;
  max_score: number;
  message: string;
}

/** Tests whose verdicts are not shown now; `until` is null where they never are. */
export interface HiddenView {
  tests: number;
  points: number;
  until: string | null;
}

export interface ExerciseView {
  id: string;
  kind: ExerciseKind;
  title: string;
  max_score: number;
  answer_cells: string[];
  test_cells: string[];
  graded_by_person: boolean;
  state: ExerciseState;
  score: number;
  message: string;
  comment: string;
  tests: TestView[];
  attempt: string | null;
  /** The latest answer, where an earlier one was better and is the one that counts. */
  latest: { score: number; message: string; tests: TestView[] } | null;
  /** What is withheld: all else is of the other tests, but for `max_score`, which is of all. */
  hidden: HiddenView | null;
  /** Whether the latest attempt has a receipt. */
  has_receipt: boolean;
}

export interface AttemptView {
  id: string;
  kind: 'attempt' | 'submission';
  course: string;
  lesson: string;
  exercise: string | null;
  status: 'queued' | 'running' | 'done' | 'failed';
  verdict: string | null;
  reason: string;
  score: number;
  max_score: number;
  tests: TestView[];
  repaired: string[];
  message: string;
  created_at: string;
  graded_at: string | null;
  hidden: HiddenView | null;
  receipt: unknown;
}

export interface Delivery {
  course: string;
  course_title: string;
  home_url: string;
  insecure: boolean;
  lesson: LessonView;
  version: { number: number; sha256: string };
  exercises: ExerciseView[];
  previous: LessonView | null;
  next: LessonView | null;
  /** Id of what was handed in last, where it has a receipt. */
  handed_in_attempt: string | null;
  /** Whether the path goes by what the learner knows, so that "too hard" means something. */
  follows_learner: boolean;
}

export type Cells = Record<string, string>;

export interface Drafts {
  revision: number;
  cells: Cells;
}

export type KernelState = 'none' | 'starting' | 'idle' | 'busy' | 'dead';

export interface KernelView {
  id: string | null;
  state: KernelState;
}

/** What a lesson page is made of: the delivery without its notebook, and what the learner's server keeps. */
export interface LessonState extends Delivery {
  drafts: Drafts;
  outputs: Record<string, Output[]>;
  ran: string[];
  kernel: KernelView;
}

export type MimeBundle = Record<string, unknown>;

/** An nbformat 4 output. */
export type Output =
  | { output_type: 'stream'; name: string; text: string | string[] }
  | { output_type: 'display_data' | 'execute_result'; data: MimeBundle; metadata?: Record<string, unknown> }
  | { output_type: 'error'; ename: string; evalue: string; traceback: string[] };

/** One line of a kernel's stream. */
export type Line =
  | { type: 'kernel'; id: string | null; state: KernelState; fresh?: boolean }
  | { type: 'start'; cell: string }
  | { type: 'output'; cell: string; output: Output }
  | { type: 'update'; cell: string; outputs: Output[] }
  | { type: 'outputs'; cell: string; outputs: Output[] }
  | { type: 'end'; cell: string; status: 'ok' | 'error' | 'aborted'; seconds: number }
  | { type: 'test'; exercise: string; grade_id: string; passed: boolean; message: string }
  | { type: 'done'; status: string }
  | { type: 'problem'; code: string; message: string };

export interface LiveEvent {
  kind: string;
  course?: string;
  lesson?: string | null;
  exercise?: string | null;
  data: Record<string, unknown>;
}
