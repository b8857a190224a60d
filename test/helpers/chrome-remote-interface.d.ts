/** The client of chrome-remote-interface as its users see it. */
declare module 'chrome-remote-interface' {
  interface Client {
    send(method: string, params?: object): Promise<unknown>;
    close(): Promise<void>;
  }

  export default function connect(options: { readonly host: string; readonly port: number; readonly local: boolean }): Promise<Client>;
}
