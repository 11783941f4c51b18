/** The agent is asked to stop: what runs outside runs on, what waits for it is taken up again at the next start. */
export class AgentStopping extends Error {
  override readonly name = 'AgentStopping';
  constructor() {
    super('the agent stops');
  }
}
