export type LaneBy = 'principal' | 'table' | 'outcome' | 'statementType';

const FIELDS: Record<LaneBy, string> = { principal: 'who', table: 'tables', outcome: 'outcome', statementType: 'type' };

const quote = (text: string): string => (/^[\w.@*-]+$/.test(text) ? text : `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`);

/** The filter that shows one lane in the list, beside the filter that holds anyway. */
export const laneFilter = (by: LaneBy, key: string, filter: string): string => `${filter} ${FIELDS[by]}:${quote(key)}`.trim();

/** The filter that shows a stretch of time. */
export const spanFilter = (from: string, to: string, filter: string): string => `${filter} at>=${from} at<=${to}`.trim();
