/** One demand of a specification, as a check is about it. */
export interface Requirement {
  /** Its number in docs/protocol-requirements.md, such as `RPC-03`; never changed and never reused. */
  id: string
  /** `custom`: no specification says it, but clients count on it. Only a `must` decides about its item. */
  strength: 'must' | 'should' | 'custom'
  /** `legacy`: revisions with an initialize handshake; `modern`: those with `server/discover`. */
  era: 'legacy' | 'modern'
  /** The transport it holds for; in a report the one it was looked at over. */
  transport?: 'stdio' | 'http'
}

/** Whether the answer to it decides about the item. */
export const counts = ({ requirement }: { requirement?: Requirement }): boolean =>
  requirement === undefined || requirement.strength === 'must'
