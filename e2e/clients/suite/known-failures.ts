/** Why a test of the suite fails here, by its title. What is not listed has no excuse. */
const known: readonly (readonly [title: RegExp, reason: string])[] = [
  [/BigQuery\/Model/, 'BigQuery ML is not in the sandbox: no model can be made'],
  [
    /Timestamp Output Format.*(ISO8601_STRING and useInt64Timestamp(=false| undefined)|undefined and useInt64Timestamp undefined)/,
    'TIMESTAMP(12) keeps microseconds: picoseconds are cut',
  ],
  [/pack-n-play/, "packs the client anew and needs its dependencies' types as they were when the checkout was made"],
];

export const reasonOf = (title: string): string | undefined => known.find(([pattern]) => pattern.test(title))?.[1];
