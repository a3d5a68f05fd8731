// Rows for the public tables: made here, in the shape and the ranges of Google's, the same on every run. They are no extract of Google's data.
export type PublicRow = Readonly<Record<string, unknown>>;

/** A whole number in [0, below) that depends on the row and the purpose only. */
function choose(row: number, purpose: number, below: number): number {
  let hash = Math.imul(row + 1, 0x9e3779b1) ^ Math.imul(purpose + 1, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39);
  return ((hash ^ (hash >>> 15)) >>> 0) % below;
}

const rowsOf = (count: number, toRow: (row: number) => PublicRow): readonly PublicRow[] =>
  Array.from({ length: count }, (_, row) => toRow(row));
const pick = <Item>(items: readonly Item[], row: number, purpose: number): Item => items[choose(row, purpose, items.length)]!;
const twoDigits = (value: number): string => String(value).padStart(2, '0');

const corpora: readonly (readonly [corpus: string, date: number])[] = [
  ['sonnets', 0],
  ['romeoandjuliet', 1594],
  ['midsummersnightsdream', 1595],
  ['juliuscaesar', 1599],
  ['twelfthnight', 1599],
  ['hamlet', 1600],
  ['othello', 1603],
  ['kinglear', 1605],
  ['macbeth', 1605],
  ['tempest', 1611],
];
const words =
  'the and to of I a you my in is that not it me his with be your for he this but as have thou him so will thy king love good lord sir come night sweet heart world death crown daughter brother blood sword huzzah'.split(
    ' ',
  );

/** Frequent words first, fewer of each that follows. */
export const shakespeareRows = (): readonly PublicRow[] =>
  rowsOf(words.length * corpora.length, (row) => {
    const place = row % words.length;
    const [corpus, corpus_date] = corpora[Math.floor(row / words.length)]!;
    return { word: words[place], word_count: Math.ceil((900 + choose(row, 1, 200)) / (place + 1)), corpus, corpus_date };
  });

const owners = ['google', 'mojombo', 'torvalds', 'rails', 'nodejs', 'apache', 'mozilla', 'django'];
const projects = ['toolkit', 'server', 'website', 'parser', 'kernel', 'docs', 'client', 'examples'];
const languages = ['JavaScript', 'Ruby', 'Python', 'C', 'Java', 'Go'];
const events = ['PushEvent', 'WatchEvent', 'IssuesEvent', 'ForkEvent', 'PullRequestEvent', 'CreateEvent'];

export const githubRows = (): readonly PublicRow[] =>
  rowsOf(400, (row) => {
    const owner = pick(owners, row, 1);
    const name = pick(projects, row, 2);
    const actor = `${pick(projects, row, 3)}-${choose(row, 4, 50)}`;
    const url = `https://github.com/${owner}/${name}`;
    const created_at = `2012/04/${twoDigits(1 + choose(row, 5, 30))} ${twoDigits(choose(row, 6, 24))}:${twoDigits(choose(row, 7, 60))}:${twoDigits(choose(row, 8, 60))} -0700`;
    return {
      repository: {
        url,
        has_downloads: true,
        created_at: '2010/01/14 09:30:00 -0800',
        has_issues: choose(row, 9, 10) > 0,
        description: `The ${name} of ${owner}`,
        forks: choose(row, 10, 900),
        fork: choose(row, 11, 4) === 0,
        has_wiki: true,
        size: choose(row, 12, 90_000),
        private: false,
        name,
        owner,
        open_issues: choose(row, 13, 200),
        watchers: choose(row, 14, 9_000),
        pushed_at: created_at,
        language: pick(languages, row, 15),
      },
      actor_attributes: { gravatar_id: choose(row, 16, 2 ** 31).toString(16), type: 'User', login: actor, location: 'Internet' },
      created_at,
      public: true,
      actor,
      payload: { size: choose(row, 17, 12), ref: 'refs/heads/master' },
      url: `${url}/compare/${choose(row, 18, 2 ** 28).toString(16)}`,
      type: pick(events, row, 19),
    };
  });

/** Degrees Fahrenheit, inches, knots, millibars, as in the original. */
export const weatherRows = (): readonly PublicRow[] =>
  rowsOf(400, (row) => {
    const mean_temp = 10 + choose(row, 1, 800) / 10;
    const isCold = mean_temp < 36;
    return {
      station_number: 722_000 + choose(row, 2, 300) * 10,
      wban_number: 99_999,
      year: 1950 + choose(row, 3, 60),
      month: 1 + choose(row, 4, 12),
      day: 1 + choose(row, 5, 28),
      mean_temp,
      num_mean_temp_samples: 24,
      mean_dew_point: mean_temp - 8,
      num_mean_dew_point_samples: 24,
      mean_sealevel_pressure: 1000 + choose(row, 6, 300) / 10,
      num_mean_sealevel_pressure_samples: 24,
      mean_visibility: 1 + choose(row, 7, 150) / 10,
      num_mean_visibility_samples: 24,
      mean_wind_speed: choose(row, 8, 200) / 10,
      num_mean_wind_speed_samples: 24,
      max_temperature: mean_temp + 9,
      max_temperature_explicit: true,
      min_temperature: mean_temp - 9,
      min_temperature_explicit: true,
      total_precipitation: choose(row, 9, 100) / 100,
      ...(isCold ? { snow_depth: choose(row, 10, 300) / 10 } : {}),
      fog: choose(row, 11, 5) === 0,
      rain: choose(row, 12, 3) === 0,
      snow: isCold && choose(row, 13, 2) === 0,
      hail: false,
      thunder: choose(row, 14, 9) === 0,
      tornado: false,
    };
  });

const states = ['AK', 'CA', 'FL', 'IL', 'NY', 'OH', 'TX', 'WA'];
const names = { F: ['Mary', 'Helen', 'Linda', 'Jennifer', 'Emma', 'Olivia'], M: ['John', 'James', 'Robert', 'Michael', 'William', 'Noah'] };

export const nameRows = (lastYear: number): readonly PublicRow[] =>
  (['F', 'M'] as const).flatMap((gender) =>
    names[gender].flatMap((name, place) =>
      states.flatMap((state, at) =>
        Array.from({ length: Math.floor((lastYear - 1910) / 10) + 1 }, (_, decade) => ({
          state,
          gender,
          year: 1910 + decade * 10,
          name,
          number: 5 + choose(place * 1_000 + at * 100 + decade, gender.charCodeAt(0), 2_000),
        })),
      ),
    ),
  );
