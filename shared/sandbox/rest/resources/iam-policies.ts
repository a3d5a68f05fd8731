import { BigQueryError } from '../../../bigquery/error-envelope.ts';
import { type Answer, toAnswer } from '../answer.ts';
import type { JsonObject, RestCall } from '../rest-call.ts';
import { toEtag } from './conditions.ts';

/** IAM policies are kept and given back; nobody is refused because of them. */
export type IamPolicies = {
  get(call: RestCall): Answer;
  set(call: RestCall): Promise<Answer>;
  test(call: RestCall): Promise<Answer>;
};

/** `checkExists` throws notFound for a resource that is not there. */
export function createIamPolicies(checkExists: (call: RestCall) => void): IamPolicies {
  const policies = new Map<string, JsonObject>();
  return {
    get(call) {
      checkExists(call);
      return toAnswer(policies.get(toKey(call)) ?? { version: 1, etag: firstEtag });
    },
    async set(call) {
      checkExists(call);
      const policy = (await call.readBody())['policy'] as JsonObject | undefined;
      if (policy === undefined) throw new BigQueryError({ reason: 'required', message: 'Required parameter is missing: policy' });
      const { etag, ...own } = policy;
      if (etag !== undefined && etag !== (policies.get(toKey(call))?.['etag'] ?? firstEtag)) throw concurrent();
      const content = { version: 1, ...own };
      const kept = { ...content, etag: toEtag(content) };
      policies.set(toKey(call), kept);
      return toAnswer(kept);
    },
    async test(call) {
      checkExists(call);
      return toAnswer({ permissions: (await call.readBody())['permissions'] ?? [] });
    },
  };
}

/** Of a policy that nobody has set. */
const firstEtag = 'ACAB';

const concurrent = (): BigQueryError =>
  new BigQueryError({
    reason: 'conditionNotMet',
    code: 409,
    status: 'ABORTED',
    message: 'There were concurrent policy changes. Please retry the whole read-modify-write with exponential backoff.',
  });

const toKey = ({ match }: RestCall): string => Object.values(match.params).join('\n');
