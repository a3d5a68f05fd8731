import * as z from 'zod';

export type Expected = { readonly issuer: string; readonly audience: string; readonly recipient: string; readonly now: number };

/** What a signed assertion says, after every check that does not need to know which browser it came with. */
export type CheckedAssertion = {
  readonly id: string;
  /** The request it answers. */
  readonly inResponseTo: string;
  /** Milliseconds since the epoch: when it is refused anyway. */
  readonly until: number;
  readonly nameId: string;
};

const one = <Shape extends z.ZodType>(each: Shape) => z.tuple([each]);
/** Nothing but text inside: an element would split it. */
const text = z.strictObject({ _: z.string().min(1), $: z.object({ Format: z.string().optional() }).optional() });
const instant = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/)
  .transform((each) => Date.parse(each));

/** As node-saml gives it: elements are lists, `$` holds attributes, `_` the text. */
const shape = z.object({
  Assertion: z.object({
    $: z.object({ ID: z.string().min(1), Version: z.literal('2.0') }),
    Issuer: one(text),
    Subject: one(
      z.object({
        NameID: one(text),
        SubjectConfirmation: z
          .array(
            z.object({
              $: z.object({ Method: z.string() }),
              SubjectConfirmationData: one(
                z.object({
                  $: z.object({
                    Recipient: z.string(),
                    InResponseTo: z.string().optional(),
                    NotOnOrAfter: instant,
                    NotBefore: z.undefined({ error: 'must not be in a bearer confirmation' }).optional(),
                  }),
                }),
              ).optional(),
            }),
          )
          .min(1),
      }),
    ),
    Conditions: one(
      z.object({
        $: z.object({ NotBefore: instant.optional(), NotOnOrAfter: instant.optional() }),
        AudienceRestriction: z.array(z.object({ Audience: z.array(text).min(1) })).min(1),
      }),
    ),
    AuthnStatement: z
      .array(z.object({ $: z.object({ SessionNotOnOrAfter: instant.optional() }) }))
      .min(1, { error: 'is missing: nobody signed in' }),
  }),
});

const bearer = 'urn:oasis:names:tc:SAML:2.0:cm:bearer';
const transient = 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient';
const skewMs = 60_000;
const longestMs = 3_600_000;

/**
 * What the Web Browser SSO profile asks of an assertion beyond its signature (SAML 2.0 Profiles §4.1.4.2, §4.1.4.3). All of it is
 * read from the signed text: the response around an assertion need not be signed. Returns why not as text.
 */
export function checkAssertion(assertion: unknown, expected: Expected): CheckedAssertion | string {
  const parsed = shape.safeParse(assertion);
  if (!parsed.success) return `its ${parsed.error.issues[0]!.path.filter((each) => typeof each === 'string').join('/')} does not fit`;
  const { $, Issuer, Subject, Conditions, AuthnStatement } = parsed.data.Assertion;
  if (Issuer[0]._ !== expected.issuer) return 'it is of another identity provider';
  const { NameID, SubjectConfirmation } = Subject[0];
  if (NameID[0].$?.Format === transient) return 'its NameID is transient: have the identity provider send a persistent one';
  const { $: limits, AudienceRestriction } = Conditions[0];
  if (!AudienceRestriction.every(({ Audience }) => Audience.some((each) => each._ === expected.audience)))
    return 'it is for another audience';
  if (limits.NotBefore !== undefined && expected.now + skewMs < limits.NotBefore) return 'it is not valid yet';
  if (limits.NotOnOrAfter !== undefined && expected.now - skewMs >= limits.NotOnOrAfter) return 'it is expired';
  if (AuthnStatement.some((each) => (each.$.SessionNotOnOrAfter ?? Number.POSITIVE_INFINITY) <= expected.now))
    return 'the session at the identity provider is over';
  const confirmation = SubjectConfirmation.find((each) => each.$.Method === bearer)?.SubjectConfirmationData?.[0].$;
  if (confirmation === undefined) return 'it may not be brought by a browser (no bearer confirmation)';
  if (confirmation.Recipient !== expected.recipient) return 'it is for another recipient';
  if (expected.now - skewMs >= confirmation.NotOnOrAfter) return 'it is expired';
  if (confirmation.NotOnOrAfter > expected.now + longestMs) return 'it is valid for too long';
  if (confirmation.InResponseTo === undefined) return 'it answers no request of ours (sign in here, not at the identity provider)';
  return { id: $.ID, inResponseTo: confirmation.InResponseTo, until: confirmation.NotOnOrAfter + skewMs, nameId: NameID[0]._ };
}
