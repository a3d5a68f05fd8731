/** What the Node client sends for a project it does not know: the gateway put the caller's own in its place. */
const placeholder = /%7B%7BprojectId%7D%7D|\{\{projectId\}\}/gi;

/** The target as it was meant. */
export const resolveProject = (target: string, projectId: string | undefined): string =>
  projectId === undefined ? target : target.replace(placeholder, encodeURIComponent(projectId));
