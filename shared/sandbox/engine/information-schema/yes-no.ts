/** INFORMATION_SCHEMA's flags are words. */
export const toYesNo = (flag: boolean): string => (flag ? 'YES' : 'NO');
