import type { Command } from 'commander';

export const withConfig = (command: Command): Command => command.requiredOption('--config <file>', 'steno.yaml');

/** Of acts that the log keeps: whom the machine does not know must be named, for good. */
export function withPerson(command: Command): Command {
  const { USER: user } = process.env;
  return user
    ? command.option('--by <person>', 'who does it; recorded', user)
    : command.requiredOption('--by <person>', 'who does it; recorded');
}

/** For an option that may be repeated. */
export const collect = (value: string, all: string[]): string[] => [...all, value];
