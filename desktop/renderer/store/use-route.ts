import { useCallback, useMemo } from 'react';
import { useHashLocation } from 'wouter/use-hash-location';
import { parseRoute, type Route, toPath } from '../route.ts';

export type Go = (route: Route, options?: { readonly replace?: boolean }) => void;

/** Where the person is, and how to go elsewhere. */
export function useRoute(): readonly [Route, Go] {
  const [path, navigate] = useHashLocation();
  const go = useCallback<Go>((route, options) => navigate(toPath(route), { replace: options?.replace ?? false }), [navigate]);
  return [useMemo(() => parseRoute(path), [path]), go];
}

export function useGo(): Go {
  return useRoute()[1];
}
