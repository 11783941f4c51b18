export interface GlobalOptions {
  readonly data?: string;
  readonly server?: string;
  readonly token?: string;
  readonly output: string;
}
