import { type IncomingHttpHeaders, request } from 'node:http';
import { text } from 'node:stream/consumers';

interface Question {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal;
}

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** Sends one HTTP request on a connection of its own, with any header (`fetch` would set Host itself). */
export function ask(url: string, { method = 'GET', headers = {}, body, signal }: Question = {}): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { method, headers, agent: false, ...(signal && { signal }) }, (response) => {
      text(response).then((content) => resolve({ status: response.statusCode!, headers: response.headers, text: content }), reject);
    });
    asked.once('error', reject);
    asked.end(body);
  });
}
