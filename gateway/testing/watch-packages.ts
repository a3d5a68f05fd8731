import { registerHooks } from 'node:module';

/** Names of the packages that are loaded from now on, as they come. */
export function watchPackages(): ReadonlySet<string> {
  const packages = new Set<string>();
  registerHooks({
    resolve(specifier, context, next) {
      const resolved = next(specifier, context);
      const name = /\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(resolved.url)?.[1];
      if (name !== undefined) packages.add(name);
      return resolved;
    },
  });
  return packages;
}
