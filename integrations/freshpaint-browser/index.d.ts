export interface Options {
  /** The destination's address, for instance https://destination.example.com/api/events. */
  url: string;
  /** One of Ingest__WriteKeys. It is public: everybody who opens the page can read it. */
  writeKey: string;
  /** Keeps what can't be sent in the browser's storage, for at most 24 hours and in 512 KB. Off unless you say so: others may use the same browser. */
  offline?: boolean;
  /** Whether the visitor agrees, asked at every call and before every request. What was called without consent is neither kept nor sent. */
  consent?: () => boolean;
}

export interface Forwarding {
  /** Sends what waits now, unless the destination asked to wait. */
  flush(): void;
  /** Drops everything that waits or is stored. */
  forget(): void;
}

/** Stands beside window.freshpaint and forwards what the page calls. Call it once. */
export function forward(options: Options): Forwarding;
