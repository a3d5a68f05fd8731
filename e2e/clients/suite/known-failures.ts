type Known = readonly (readonly [title: RegExp, reason: string])[];

/** Why a test of the suite fails here, by its title. What is not listed has no excuse. */
const known: Known = [
  [/BigQuery\/Model should extract a model/, 'models are kept and not trained: there is nothing to export'],
  [
    /Timestamp Output Format.*(ISO8601_STRING and useInt64Timestamp(=false| undefined)|undefined and useInt64Timestamp undefined)/,
    'TIMESTAMP(12) keeps microseconds: picoseconds are cut',
  ],
  [/pack-n-play/, "packs the client anew and needs its dependencies' types as they were when the checkout was made"],
];

const knownOfGateway: Known = [
  [/BigQuery\/Job should delete a job/, 'the gateway does not offer jobs.delete: what a job was is evidence'],
  [
    /job\.getQueryResults should fail if the job location is incorrect/,
    "the gateway's dry run meets the error before there is a job; the test wants a job that failed",
  ],
];

export const reasonOf = (title: string, isGateway: boolean): string | undefined =>
  [...known, ...(isGateway ? knownOfGateway : [])].find(([pattern]) => pattern.test(title))?.[1];
