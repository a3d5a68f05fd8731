import { countParameter, textParameter } from '../query-parameters.ts';
import { parsePageToken, toPageToken } from '../rows/page-token.ts';

export type ListPage<Item> = { readonly items: readonly Item[]; readonly nextPageToken: { nextPageToken?: string } };

/** The page of a list that a request's `maxResults` and `pageToken` mean. `boundTo` names the list. */
export function toListPage<Item>(
  all: readonly Item[],
  query: URLSearchParams,
  boundTo: string,
  { sizeParameter = 'maxResults', defaultSize = 1_000 } = {},
): ListPage<Item> {
  const size = countParameter(query, sizeParameter) || defaultSize;
  const token = textParameter(query, 'pageToken');
  const start = token === undefined ? 0 : Number(parsePageToken(boundTo, token));
  const end = start + size;
  return {
    items: all.slice(start, end),
    nextPageToken: end < all.length ? { nextPageToken: toPageToken(boundTo, BigInt(end)) } : {},
  };
}
