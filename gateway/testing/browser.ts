// As much of a browser as signing in needs: cookies with their paths, redirects, forms. Knows no scripts.

export type Page = { readonly url: string; readonly status: number; readonly headers: Headers; readonly text: string };
type Cookie = { readonly value: string; readonly path: string; readonly attributes: string };

export class Browser {
  /** By host and name. */
  readonly cookies = new Map<string, Cookie>();
  /** Every redirect that was followed. */
  readonly visited: string[] = [];

  get(url: string): Promise<Page> {
    return this.#send(url, { method: 'GET' });
  }

  /** `from` is the page that holds the form: one of another site brings no cookies along (SameSite=Lax). */
  async post(url: string, fields: Readonly<Record<string, string>>, from: string = url): Promise<Page> {
    const isForeign = new URL(from).host !== new URL(url).host;
    const headers = { origin: new URL(from).origin, 'sec-fetch-site': isForeign ? 'cross-site' : 'same-origin' };
    return this.#send(url, { method: 'POST', body: new URLSearchParams(fields), headers }, isForeign);
  }

  /** Fills in and sends the one form whose action ends so. */
  async submit(page: Page, action: string, fields: Readonly<Record<string, string>> = {}): Promise<Page> {
    const form = [...page.text.matchAll(/<form[^>]*action="([^"]*)"[^>]*>(.*?)<\/form>/gs)].find((each) => each[1]!.endsWith(action));
    if (form === undefined) throw new Error(`${page.url} has no form for ${action}`);
    const hidden = [...form[2]!.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)].map((each) => [each[1]!, each[2]!]);
    return this.post(new URL(form[1]!, page.url).toString(), { ...Object.fromEntries(hidden), ...fields }, page.url);
  }

  cookie(name: string): Cookie | undefined {
    return [...this.cookies].find(([key]) => key.endsWith(` ${name}`))?.[1];
  }

  async #send(url: string, request: RequestInit, withoutCookies = false): Promise<Page> {
    const headers = { ...(request.headers as Record<string, string>), cookie: withoutCookies ? '' : this.#cookiesFor(new URL(url)) };
    const response = await fetch(url, { ...request, redirect: 'manual', headers });
    this.#keep(new URL(url).host, response.headers.getSetCookie());
    const location = response.headers.get('location');
    if (location === null || response.status < 300 || response.status > 399)
      return { url, status: response.status, headers: response.headers, text: await response.text() };
    await response.body?.cancel();
    const next = new URL(location, url).toString();
    this.visited.push(next);
    return this.get(next);
  }

  #cookiesFor({ host, pathname }: URL): string {
    return [...this.cookies]
      .filter(([key, { path }]) => key.startsWith(`${host} `) && pathname.startsWith(path))
      .map(([key, { value }]) => `${key.slice(host.length + 1)}=${value}`)
      .join('; ');
  }

  #keep(host: string, lines: readonly string[]): void {
    for (const line of lines) {
      const [pair = '', ...attributes] = line.split(/; */);
      const [name, value] = [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)];
      const path = attributes.find((each) => /^path=/i.test(each))?.slice(5) ?? '/';
      const isGone = value === '' || attributes.some((each) => /^max-age=0$/i.test(each));
      if (isGone) this.cookies.delete(`${host} ${name}`);
      else this.cookies.set(`${host} ${name}`, { value, path, attributes: attributes.join('; ') });
    }
  }
}
