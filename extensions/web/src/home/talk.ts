import { ApiError, type Api } from '../base/api';
import { problemText } from '../strings';
import type { CoursePath } from '../types';
import type { AskedView, HelpView, PreferencesView, Purpose, ReviewView, SittingView } from '../ways-types';
import { coursePath } from './own-ways';

export const REVIEW_MINUTES = [5, 10, 20] as const;
const USUAL_MINUTES = 10;

export interface Place {
  /** As `module/lesson`. */
  key: string;
  title: string;
}

/** What the learner and Home talk about in the dialog. */
export type Topic = { what: Purpose; lesson: Place | null } | { what: 'review' } | { what: 'too_hard'; lesson: Place };

export type Answer = { sitting: SittingView } | { help: HelpView } | { review: ReviewView };

/** One question at a time, with what came of it: test out, look ahead, find one's place, review, say too hard. */
export class Talk {
  course = '';
  private lessonTitles: ReadonlyMap<string, string> = new Map();
  topic: Topic | null = null;
  answer: Answer | null = null;
  minutes: number = USUAL_MINUTES;
  busy = false;
  refusal = '';
  /** A question to a person was sent. */
  sent = false;

  constructor(
    private readonly api: Api,
    private readonly on: {
      change(): void;
      /** Something changed on the service: Home is to be asked for anew. */
      done(): void;
      navigate(title: string, url: string): void;
    },
  ) {}

  open(course: CoursePath, topic: Topic): void {
    this.course = course.name;
    this.lessonTitles = new Map(course.modules.flatMap((module) => module.lessons).map((lesson) => [lesson.key, lesson.title]));
    this.topic = topic;
    this.answer = null;
    this.refusal = '';
    this.sent = false;
    this.busy = false;
    if (topic.what === 'too_hard') void this.confirm(); // to say so is all there is to it
    if (topic.what === 'review') void this.readMinutes();
    this.on.change();
  }

  /** What a lesson of the course is called. */
  titleOf(lesson: string | null): string {
    return this.lessonTitles.get(lesson ?? '') ?? '';
  }

  close(): void {
    if (!this.topic) return;
    this.topic = null;
    this.on.change();
  }

  setMinutes(minutes: number): void {
    this.minutes = minutes;
    this.on.change();
  }

  /** Do what was asked about. */
  async confirm(): Promise<void> {
    const { topic } = this;
    if (!topic) return;
    await this.send(async () => {
      const path = coursePath(this.course);
      if (topic.what === 'review') {
        const review = await this.api.post<ReviewView>(`${path}/reviews`, { minutes: this.minutes });
        return review && { review };
      }
      if (topic.what === 'too_hard') {
        const help = await this.api.post<HelpView>(`${this.lessonPath(topic.lesson.key)}/difficulties`, {});
        return help && { help };
      }
      const body = topic.lesson ? { purpose: topic.what, lesson: topic.lesson.key } : { purpose: topic.what };
      const sitting = await this.api.post<SittingView>(`${path}/sittings`, body);
      return sitting && { sitting };
    });
    const { answer } = this;
    if (answer && 'sitting' in answer && answer.sitting.purpose === 'practice') this.go(answer.sitting.title ?? '', answer.sitting.url ?? '');
  }

  /** End what was taken on. */
  async end(course: string, sitting: SittingView): Promise<void> {
    this.course = course;
    const path = `${coursePath(course)}/sittings/${encodeURIComponent(sitting.id)}/end`;
    await this.send(async () => {
      await this.api.put(path, {});
      return null;
    });
  }

  /** Say that a placement's question is not known. */
  async skip(course: string, sitting: SittingView, { lesson, exercise }: AskedView): Promise<void> {
    this.course = course;
    const path = `${coursePath(course)}/sittings/${encodeURIComponent(sitting.id)}/skips`;
    await this.send(async () => {
      const next = await this.api.post<SittingView>(path, { lesson, exercise });
      return next && { sitting: next };
    });
  }

  /** Send a question to who teaches the course. */
  async askPerson(question: string, shared: boolean): Promise<void> {
    const { topic } = this;
    if (topic?.what !== 'too_hard' || !question.trim()) return;
    await this.send(async () => {
      await this.api.post(`${this.lessonPath(topic.lesson.key)}/help-requests`, { question, shared });
      this.sent = true;
      return this.answer;
    });
  }

  go(title: string, url: string): void {
    this.close();
    this.on.navigate(title, url);
  }

  private lessonPath(key: string): string {
    return `${coursePath(this.course)}/lessons/${key.split('/').map(encodeURIComponent).join('/')}`;
  }

  /** The minutes a day that the learner planned are what a review may take. */
  private async readMinutes(): Promise<void> {
    const { topic, minutes: before } = this;
    try {
      const { minutes_a_day } = await this.api.get<PreferencesView>(`${coursePath(this.course)}/preferences`);
      const fitting = REVIEW_MINUTES.filter((minutes) => minutes <= (minutes_a_day ?? USUAL_MINUTES));
      if (this.topic === topic && this.minutes === before) this.setMinutes(fitting.at(-1) ?? REVIEW_MINUTES[0]);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error; // the usual minutes stay
    }
  }

  private async send(act: () => Promise<Answer | null>): Promise<void> {
    if (this.busy) return;
    const { topic } = this;
    this.busy = true;
    this.refusal = '';
    this.on.change();
    try {
      const answer = await act();
      if (topic === this.topic) this.answer = answer;
      this.on.done();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.refusal = problemText(error);
    }
    this.busy = false;
    this.on.change();
  }
}
