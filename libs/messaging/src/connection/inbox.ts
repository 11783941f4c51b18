/**
 * Where replies to an agent come. Its identity may subscribe to nothing else beside its own subjects. The uid is a whole
 * token, since the template of the agents' signing key puts it in, and fills whole tokens only.
 */
export const agentInboxPrefix = (machineUid: string): string => `_INBOX.${machineUid}`;
/** The same of a platform service, by its name. */
export const serviceInboxPrefix = (name: string): string => `_INBOX_svc.${name}`;
