/** Of a script's statement, counted from zero: made from the script's own, so that it is the same whenever it is asked for. */
export const toChildJobId = (scriptJobId: string, index: number): string =>
  `script_job_${scriptJobId.replaceAll(/[^A-Za-z0-9]/g, '')}_${index}`;
