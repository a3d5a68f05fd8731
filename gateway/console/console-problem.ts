/** What went wrong and what to do about it, for a person. `detail` is for the operator's log, never for the page. */
export class ConsoleProblem extends Error {
  override readonly name = 'ConsoleProblem';
  readonly status: number;
  readonly title: string;
  readonly remedy: string;
  readonly detail: string | undefined;
  readonly way: { readonly href: string; readonly text: string };

  constructor(kind: keyof typeof catalogue, details: Readonly<Record<string, string>> = {}, detail?: string) {
    const entry = catalogue[kind];
    const fill = (text: string): string => text.replace(/\{(\w+)\}/g, (whole, name: string) => details[name] ?? whole);
    super(fill(entry.message));
    this.status = entry.status;
    this.title = entry.title;
    this.remedy = fill(entry.remedy);
    this.detail = detail;
    this.way = 'way' in entry ? entry.way : { href: '/console', text: 'Back to the console' };
  }
}

const accounts = { href: '/console/accounts', text: 'Back to your accounts' } as const;
const signIn = { href: '/console/sign-in', text: 'Sign in' } as const;

const catalogue = {
  notFound: {
    status: 404,
    title: 'There is no such page',
    message: 'The console has nothing at this address.',
    remedy: 'Begin at the start page, or check the address for a typing mistake.',
  },
  cancelled: {
    status: 400,
    title: 'You did not sign in',
    message: '{provider} says that the sign-in was cancelled or not allowed ({why}).',
    remedy: 'Try again. If you should have access, ask whoever runs {provider} to assign you to this application.',
    way: signIn,
  },
  expired: {
    status: 400,
    title: 'This sign-in is over',
    message: 'It took longer than ten minutes, was used already, or began in another browser.',
    remedy: 'Sign in again, in one go and in one browser.',
    way: signIn,
  },
  refused: {
    status: 403,
    title: 'You could not be signed in',
    message: 'The answer of {provider} was refused: {why}.',
    remedy: 'Try once more. If it happens again, show this page to whoever runs the gateway.',
    way: signIn,
  },
  unreachable: {
    status: 503,
    title: 'The identity provider cannot be reached',
    message: 'The gateway could not talk to {provider}, so nobody can be signed in through it at the moment.',
    remedy: 'Try again in a minute. Clients that hold a credential go on working.',
    way: signIn,
  },
  stale: {
    status: 403,
    title: 'This form is out of date',
    message: 'It was opened before you signed in last, or it was sent from another site. Nothing was changed.',
    remedy: 'Open the page again and repeat what you wanted to do.',
  },
  badForm: {
    status: 400,
    title: 'The form could not be used',
    message: '{why}. Nothing was changed.',
    remedy: 'Go back, correct it and send it again.',
    way: { href: '/console/credentials', text: 'Back to your credentials' },
  },
  tooMany: {
    status: 409,
    title: 'You have as many credentials as you may',
    message: 'This gateway allows {count} for each person.',
    remedy: 'Revoke one that you no longer use, then make a new one.',
    way: { href: '/console/credentials', text: 'Back to your credentials' },
  },
  gone: {
    status: 410,
    title: 'The file was handed out already',
    message: 'A credential file can be downloaded once, within ten minutes after it was made, and is kept nowhere.',
    remedy: 'If you do not have it, revoke that credential and make a new one.',
    way: { href: '/console/credentials', text: 'Back to your credentials' },
  },
  grantRefused: {
    status: 400,
    title: 'Your account was not authorised',
    message: 'For the connection {connection}: {why}. Nothing was kept.',
    remedy: 'Try again, and agree to all that is asked. If it happens again, show this page to whoever runs the gateway.',
    way: accounts,
  },
  grantExpired: {
    status: 400,
    title: 'This authorisation is over',
    message: 'It took longer than ten minutes, was used already, or began in another browser or login.',
    remedy: 'Authorise again, in one go and in one browser.',
    way: accounts,
  },
  tooLarge: {
    status: 413,
    title: 'That was too much',
    message: 'The request is larger than the console accepts.',
    remedy: 'Go back and try again. If it happens while signing in, show this page to whoever runs the gateway.',
  },
  failed: {
    status: 500,
    title: 'The console failed',
    message: 'Something went wrong that should not, and nothing further was done.',
    remedy: 'Try again. If it happens again, tell whoever runs the gateway when it was; the log has the rest.',
  },
} as const;
