/** Names one request of one client wherever it shows: in SQL, in the name of a table, in a job id. */
export const aKey = (seed: number, client: number, turn: number): string => `key_${seed}_${client}_${turn}`;

export const keyIn = (text: string): string | undefined => /key_\d+_\d+_\d+/.exec(text)?.[0];
