import { afterAll, beforeAll, vi } from 'vitest';
import { type PeopleGateway, startPeople } from './start-people.ts';

/** One gateway with a console for the tests of a file, and providers that do not warn of being made for tests. */
export function peopleForFile(onStart: (people: PeopleGateway) => void, options: Parameters<typeof startPeople>[0] = {}): void {
  let people: PeopleGateway;
  beforeAll(async () => {
    vi.spyOn(console, 'error').mockReturnValue();
    people = await startPeople(options);
    onStart(people);
  });
  afterAll(async () => {
    await people.close();
    vi.restoreAllMocks();
  });
}
