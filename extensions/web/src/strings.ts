/** Every text of the pages, in one place, ready for translation. Server messages (`because`, verdicts) come as they are. */

const plural = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;

/** A number of points as people write it: 2, 2.5, 0.33. */
export const number = (value: number): string =>
  value.toLocaleString('en', { maximumFractionDigits: 2, useGrouping: false });

export const percent = (share: number): string => `${Math.floor(share * 100 + 1e-9)} %`;

export const text = {
  tryAgain: 'Try again',
  classNotSent: 'It could not be sent. Look at your connection and try again.',
  cancel: 'Cancel',
  close: 'Close',
  minutes: (count: number) => `${count} min`,
  points: (score: number, max: number) => `${number(score)} of ${plural(max, 'point', 'points')}`,
  pointsWorth: (max: number) => (Number.isInteger(max) ? plural(max, 'point', 'points') : `${number(max)} points`),

  status: {
    locked: 'Locked',
    open: 'Open',
    in_progress: 'In progress',
    mastered: 'Mastered',
    due: 'Due for review',
  },

  homePage: {
    welcome: (name: string) => `Welcome back, ${name}`,
    welcomeNew: (name: string) => `Welcome, ${name}`,
    start: 'Start lesson',
    goOn: 'Continue lesson',
    lessonsDone: (done: number, all: number) => `${done} of ${plural(all, 'lesson', 'lessons')} mastered`,
    handedIn: 'Handed in',
    staff: 'Open the staff area',
    theClass: 'See the class',
    requirementProgress: (reached: number, needed: number) => `${percent(reached)} of the ${percent(needed)} needed`,
    newlyOpen: 'Just unlocked',
    unlockedAnnouncement: (title: string, because: string) => `${title} is open now. ${because}`,
    finished: (title: string) => `You finished ${title}`,
    finishedBody: 'Every lesson is mastered. They stay open whenever you want to look something up.',
    nothingOpen: 'No lesson is open right now',
    nothingOpenBody: 'The path below shows what opens the next one.',
    serverStopped: 'Your workspace is not running. It starts when you open a lesson.',
    serverStarting: 'Your workspace is starting. You can already choose a lesson.',
    serverReady: 'Your workspace is ready',
    serverFailed: 'Your workspace did not start.',
    waitingTitle: (title: string) => `Opening ${title}`,
    waitingBody: 'Your workspace is still starting. The lesson opens by itself in a few seconds.',
    waitingLong: 'This takes longer than usual. You can keep waiting; nothing is lost.',
    waitingFailed: 'Your workspace did not start. Try again; if it fails again, tell the person who runs this site.',
    emptyTitle: 'No course here yet',
    emptyBody: 'You are signed in, but no course has you on its list. Ask the person who teaches it to add you.',
    noLessons: 'No lesson of this course is released yet. They appear here as soon as they are.',
    loading: 'Loading your courses…',
    failedTitle: 'Your courses could not be loaded',
    failedBody: 'The course service does not answer. Your work is safe; try again in a moment.',
    offline: 'No connection. You see the last known state; it refreshes by itself.',
    stale: 'The course service does not answer. You see the last known state; it refreshes by itself.',
    signedOut: 'You are signed out.',
    signIn: 'Sign in again',
  },

  next: {
    lesson: 'Next lesson',
    repair: 'First, a look back',
    review: 'Time for a review',
    startReview: 'Start the review',
    instead: 'Something else instead',
  },

  skills: {
    title: 'What you can do',
    legend: 'Each line is as long as the share of exercises you would likely solve now.',
    none: 'Your skills show up here with your first answers.',
    /** A share as so many of ten, rounded down: it must not read as more than it is. */
    tenths: (share: number) => `about ${Math.floor(share * 10 + 1e-7)} of 10`,
    held: 'You hold this',
    ahead: 'Still ahead',
    aheadAll: (count: number) => `Still ahead: ${plural(count, 'skill', 'skills')}`,
  },

  reviews: {
    title: 'Worth refreshing',
    start: 'Start a review',
    failed: 'What is due for review could not be loaded.',
  },

  ways: {
    more: (title: string) => `More for ${title}`,
    know: 'I know this',
    knowHint: 'Test out: a few of its exercises, and it counts as mastered.',
    ahead: 'Look ahead',
    aheadHint: 'Practise in it now; nothing there counts.',
    tooHard: 'Too hard',
    tooHardHint: 'See what may help. Nothing gets locked.',
    place: 'Not new to this? Find your place',
    underWay: { practice: 'Looking ahead', test_out: 'Testing out', placement: 'Finding your place' },
    minutesAway: (count: number) => `About ${count} min of work away.`,
    openLesson: 'Open the lesson',
    end: 'End this',
    skip: 'I do not know this one',
  },

  talk: {
    test_out: (title: string) => `Show that you know ${title}`,
    test_outBody: 'You get a few of its exercises, with two tries each. Pass, and the lesson counts as mastered. If not, nothing is lost; you can try again half a day later.',
    test_outStart: 'Begin',
    practice: (title: string) => `Look ahead into ${title}`,
    practiceBody: 'The lesson opens for practice. Your answers are graded as always, but nothing there counts, and the path stays as it is.',
    practiceStart: 'Look ahead',
    placement: 'Find your place',
    placementBody: 'A few questions, each chosen by how you answered the ones before. It stops as soon as your place is clear, and opens what you know. Wrong answers cost nothing.',
    placementStart: 'Begin',
    review: 'A short review',
    reviewBody: 'A few exercises on what has faded a little. How much time do you have?',
    reviewStart: 'Choose exercises',
    reviewMinutes: (count: number) => `${count} minutes`,
    reviewEmpty: 'No exercise fits in this time. Choose more minutes.',
    too_hard: (title: string) => `What may help with ${title}`,
    asked: 'Your exercises',
    first: 'Start with the first',
    aboutMinutes: (minutes: number) => `About ${plural(Math.max(1, Math.round(minutes)), 'minute', 'minutes')} in all`,
    skipped: 'skipped',
    busy: 'One moment…',
    notNow: 'Not now', later: 'Later', done: 'Done',
  },

  help: {
    way: {
      example: 'A worked example',
      easier: 'An easier one first',
      repair: 'A look back',
      peer: 'Somebody else asked',
      person: 'A person',
    },
    go: { example: 'Go to the example', easier: 'Go to the easier one', repair: 'Go back to it' },
    question: 'Your question',
    share: 'Others at the same place may read it, without my name',
    send: 'Send question',
    sent: 'Sent. The people who teach this course read it.',
    button: 'Too hard?',
    buttonHint: 'See what may help. Nothing gets locked, and no points are lost.',
    title: 'What may help',
  },

  preferences: {
    title: 'How you like to learn',
    hint: 'This changes what is shown first, never what is required.',
    first: 'Begin with',
    firsts: { any: 'As the course has it', read: 'Reading', watch: 'Watching', practise: 'Practising' },
    pace: 'Steps',
    paces: { calm: 'Small, with more certainty', steady: 'As the course has them', brisk: 'Big, with more challenge' },
    minutes: 'Minutes a day',
    minutesHint: '5 to 240; empty for no plan.',
    save: 'Save',
    saving: 'Saving…',
    saved: 'Saved',
    loading: 'Loading…',
  },

  kernel: {
    none: 'Python is not running',
    starting: 'Python is starting…',
    idle: 'Python is ready',
    busy: 'Python is running your code…',
    dead: 'Python stopped',
    details: 'Details and restart',
    explain:
      'Your code runs in a Python of your own, which this lesson keeps while you are away. Restarting forgets all variables; your answers, outputs and points stay.',
    restart: 'Restart Python',
    restarted: 'Python was restarted. Variables are gone; your answers are still here.',
    fresh: 'Python was started anew, so variables from before are gone. Your answers and outputs are still here.',
    culled: 'Python was stopped because it was not used for a while. It starts again with the next Run.',
    limit: 'Python was stopped here because other lessons are open. It starts again with the next Run.',
    died: 'Python stopped unexpectedly, often for want of memory. It starts again with the next Run.',
  },

  exercise: {
    label: (title: string) => `Exercise: ${title}`,
    kicker: 'Exercise',
    person: 'Graded by a person',
    editor: (title: string, index: number, count: number) =>
      count > 1 ? `Your answer to ${title}, part ${index} of ${count}` : `Your answer to ${title}`,
    editorHelp: 'Tab indents. To leave the editor with the keyboard, press Escape, then Tab.',
    run: 'Run',
    check: 'Check',
    submit: 'Submit answer',
    stop: 'Stop',
    toolbar: (title: string) => `Actions for ${title}`,
    runHint: 'Run (Ctrl or ⌘ + Enter)',
    checkHint: 'Check with the visible tests (Shift + Enter)',
    reset: 'Start over',
    resetHint: 'Put the starter text back',
    resetDone: 'The starter text is back. Undo brings your answer back.',
    write: 'Write',
    preview: 'Preview',
    previewEmpty: 'Nothing to preview yet.',
    checking: 'Checking…',
    stopping: 'Stopping…',
    stopped: 'Stopped before it was done.',
    ran: 'Done. Your code ran without an error and printed nothing.',
    outputs: (title: string) => `Output of ${title}`,
    pictureAlt: 'Picture made by the code above',
    textShortened: 'The output was long; its middle is left out here.',
    errorLine: (line: number) => `line ${line}`,
    traceback: 'Show the full error',
    noView: 'This output cannot be shown here.',
    widgetLoading: 'Loading the interactive part…',
    widgetFailed: 'The interactive part could not be loaded. Run the code again to try once more.',
    slider: 'Slider',
    widgetReload: 'Python was started anew. Reload the page to use this interactive part.',
    widgetGone: 'This interactive part belongs to a Python that has stopped. Run the code again to bring it back.',
  },

  check: {
    title: (passed: number, all: number) =>
      passed === all ? `Check: all ${plural(all, 'test passes', 'tests pass')}` : `Check: ${passed} of ${plural(all, 'test passes', 'tests pass')}`,
    note: 'A check gives no points. Submit your answer when you are ready.',
    notePassed: 'Looks good. Submit your answer to get the points.',
    error: 'Your code stopped with an error, so the tests could not run. The error is above.',
    passed: 'Passed',
    failed: 'Not yet',
    test: (index: number) => `Test ${index}`,
    none: 'This exercise has no visible tests. Submit your answer to have it graded.',
  },

  verdict: {
    correct: 'Correct',
    partly: 'Partly there',
    notYet: 'Not yet',
    sending: 'Sending your answer…',
    waiting: 'The course service does not answer. Your answer is kept here and is sent by itself.',
    grading: 'Grading your answer…',
    gradingSlow: 'Still grading. You can go on; the result appears here.',
    review: 'Waiting for a person',
    reviewBody: 'A grader reads this answer. Points and comment appear here.',
    reviewFailed: 'This answer could not be graded by the machine. A person looks at it; nothing is lost.',
    personHint: 'A person grades this answer after you hand in the lesson.',
    comment: 'Comment from your grader',
    best: 'Your best result counts; you can submit again.',
    kept: (points: string) => `An earlier answer got ${points}. That result counts.`,
    refused: 'Your answer was not accepted',
    graded: 'Graded',
    visiblePassed: 'The tests you can see pass',
    received: 'Answer received',
    hidden: (tests: number, points: number, until: string) =>
      `${plural(tests, 'hidden test', 'hidden tests')} (${plural(points, 'point', 'points')}) ${tests === 1 ? 'is' : 'are'} counted too; ${
        until ? `shown after ${until}` : tests === 1 ? 'it is not shown' : 'they are not shown'
      }.`,
    receipt: 'Receipt',
    receiptHint: 'Download the proof that this was received, signed by the course service',
  },

  pause: {
    too_many_attempts: (seconds: number) => `You can send the next answer in ${seconds} s; Run and Check still work.`,
    cooling_down: (seconds: number) =>
      `Take a moment to look at what the tests say. You can send the next answer in ${seconds} s; Run and Check still work.`,
    over: 'You can send your answer now.',
  },

  save: {
    saved: 'Saved',
    saving: 'Saving…',
    local: 'Kept on this device',
    localHint: 'The server cannot be reached. Your text is kept in this browser and saved by itself later.',
    conflict: 'Changed in two places',
    conflictTitle: 'This answer was also changed somewhere else',
    conflictBody: 'Another tab or device saved a different text. Choose which one to keep.',
    keepMine: 'Keep this one',
    useTheirs: 'Use the other one',
    theirs: 'The other text',
  },

  unlock: {
    title: (count: number) => (count === 1 ? 'A new lesson is open' : `${count} new lessons are open`),
    dismiss: 'Stay here',
  },

  handIn: {
    button: 'Hand in lesson',
    again: 'Hand in again',
    done: 'Handed in',
    title: 'Hand in this lesson?',
    body: 'Your answers are sent as they are now. You can hand in again later; the last one counts.',
    answered: (done: number, all: number) => `${done} of ${plural(all, 'exercise', 'exercises')} answered`,
    unanswered: 'Not answered yet:',
    confirm: 'Hand in',
    sending: 'Handing in…',
    waiting: 'The course service does not answer. Your lesson is handed in by itself as soon as it does.',
    grading: 'Handed in. It is being graded…',
    accepted: 'Handed in. You can still improve your answers and hand in again.',
    refused: 'The lesson was not handed in',
  },

  page: {
    lessonPoints: (score: number, max: number) => `${number(score)} of ${plural(max, 'point', 'points')}`,
    connectionLost: 'Connection lost. You can go on writing; your text is kept on this device and sent when the connection is back.',
    serviceDown: 'The course service does not answer right now. You can go on: your work is kept, and answers are sent when it is back.',
    back: 'The connection is back.',
    signedOut: 'You are signed out. Your text is kept on this device.',
    signIn: 'Sign in again',
    lent: 'You are here ahead of your path. What a test asks you counts; everything else is practice.',
    knownNow: (title: string) => `You know ${title || 'this'}: it counts as mastered.`,
    placed: 'Your place is found. Home shows where to go on.',
    notKnown: 'Not this time. Nothing is lost by it.',
    nextQuestion: (title: string) => `The next question is in ${title}.`,
    goThere: 'Go there', goHome: 'Go to Home',
    newVersion: 'A new version of this lesson was released. Your work is kept.',
    reload: 'Reload to see it',
    stateFailed: 'Your answers and points could not be loaded. Reload the page to try again.',
  },

  problems: {
    offline: 'The connection is lost. Try again in a moment.',
    unavailable: 'The course service does not answer. Try again in a moment.',
    tooLarge: 'This answer is too large to be sent.',
    unknown: (status: number) => `The server answered with an error (${status}). Try again in a moment.`,
  },
} as const;

/** A sentence for a refusal: the server's own, else ours. */
export function problemText(error: { status: number; message: string }): string {
  if (error.message) return error.message;
  if (error.status === 0) return text.problems.offline;
  if (error.status === 413) return text.problems.tooLarge;
  return error.status >= 502 ? text.problems.unavailable : text.problems.unknown(error.status);
}
