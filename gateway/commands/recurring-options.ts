import type { Command } from 'commander';

export const withConfig = (command: Command): Command => command.requiredOption('--config <file>', 'steno.yaml');

/** Of acts that the log keeps. */
export const withPerson = (command: Command): Command =>
  command.option('--by <person>', 'who does it; recorded', process.env['USER'] ?? 'unknown');

/** For an option that may be repeated. */
export const collect = (value: string, all: string[]): string[] => [...all, value];
