import { ApiError, type Api } from '../src/base/api';
import type { Keep } from '../src/base/keep';
import type { CoursePath, ExerciseView, HomeView, LessonView } from '../src/types';

/** What a fake server was asked, and answers in turn. */
export interface Asked {
  method: string;
  path: string;
  body: unknown;
  key: string | undefined;
}

export type Answer = unknown;

/** An `Api` whose answers are given one by one; an `ApiError` is thrown. The last answer repeats. */
export function fakeApi(...answers: Answer[]): { api: Api; asked: Asked[]; answers: Answer[] } {
  const asked: Asked[] = [];
  const next = (): Answer => (answers.length > 1 ? answers.shift() : answers[0]);
  const take = (method: string, path: string, body?: unknown, options: { key?: string } = {}): Promise<unknown> => {
    asked.push({ method, path, body: structuredClone(body), key: options.key });
    const answer = next();
    return answer instanceof ApiError ? Promise.reject(answer) : Promise.resolve(answer);
  };
  const api = {
    base: '/user/a%40b/trailbook/api/',
    get: (path: string) => take('GET', path),
    put: (path: string, body: unknown) => take('PUT', path, body),
    post: (path: string, body: unknown, options: { key?: string }) => take('POST', path, body, options),
    send: (method: string, path: string, options: { body?: unknown }) => take(method, path, options.body),
  };
  return { api: api as unknown as Api, asked, answers };
}

export class MemoryKeep<T> implements Keep<T> {
  constructor(public value: T | null = null) {}

  read(): T | null {
    return structuredClone(this.value);
  }

  write(value: T | null): boolean {
    this.value = structuredClone(value);
    return true;
  }
}

/** A response body that arrives in these pieces. */
export function pieces(...parts: (string | Uint8Array)[]): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    start(controller) {
      for (const part of parts) controller.enqueue(typeof part === 'string' ? encoder.encode(part) : part);
      controller.close();
    },
  });
}

export async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const value of source) found.push(value);
  return found;
}

/** Let everything that waits for settled promises run. */
export const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export function exercise(changes: Partial<ExerciseView> = {}): ExerciseView {
  return {
    id: 'tidy',
    kind: 'code',
    title: 'One spelling',
    max_score: 2,
    answer_cells: ['tidy'],
    test_cells: ['tidy-test'],
    graded_by_person: false,
    state: 'not_attempted',
    score: 0,
    message: '',
    comment: '',
    tests: [],
    attempt: null,
    latest: null,
    hidden: null,
    has_receipt: false,
    ...changes,
  };
}

export function lesson(changes: Partial<LessonView> = {}): LessonView {
  return {
    key: 'm/one',
    module: 'm',
    name: 'one',
    title: 'Lesson one',
    minutes: 6,
    status: 'open',
    because: 'Open from the start.',
    requirements: [],
    score: 0,
    max_score: 4,
    share: 0,
    pass: 0.8,
    handed_in: false,
    url: '/user/ada/trailbook/lessons/c/m/one',
    version: 1,
    minutes_to_open: 0,
    ...changes,
  };
}

export function course(lessons: LessonView[], changes: Partial<CoursePath> = {}): CoursePath {
  const next = lessons.find((one) => one.status === 'open' || one.status === 'in_progress');
  return {
    name: 'c',
    title: 'The course',
    description: 'What it is about.',
    roles: ['learner'],
    staff_url: null,
    finished: false,
    score: 0,
    max_score: 8,
    next: next ? { lesson: next.key, title: next.title, minutes: next.minutes, because: next.because, url: next.url, kind: 'lesson' } : null,
    modules: [{ name: 'm', title: 'Module', lessons }],
    alternatives: [],
    skills: [],
    ...changes,
  };
}

export function home(courses: CoursePath[], changes: Partial<HomeView> = {}): HomeView {
  return { learner: `te<s'&">t ü`, insecure: false, server: { state: 'ready', url: '/user/x/' }, courses, ...changes };
}
