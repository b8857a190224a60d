import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import type { CallToolResult, Progress } from '@modelcontextprotocol/sdk/types.js';
import { repoPath } from './paths.js';
import { reapLater, temporaryFolder } from './target-process.js';

interface AgentOptions {
  readonly args?: readonly string[];
  /** The current folder of the server. */
  readonly cwd?: string;
}

interface CallOptions {
  readonly signal?: AbortSignal;
  readonly onprogress?: (progress: Progress) => void;
}

export interface Answered {
  /** The Markdown. */
  readonly text: string;
  readonly isError: boolean;
  readonly structured: Readonly<Record<string, unknown>> & { readonly rows: readonly Readonly<Record<string, unknown>>[] };
  /** All that the client receives, in bytes of JSON. */
  readonly bytes: number;
}

/** A client of the official SDK, and the server that it has started. */
export class Agent {
  readonly client = new Client({ name: 'test', version: '1' });
  readonly transport: StdioClientTransport;
  /** Where its snapshots are. */
  readonly folder: string;

  private constructor(transport: StdioClientTransport, folder: string) {
    this.transport = transport;
    this.folder = folder;
  }

  static async start({ args = [], cwd = repoPath() }: AgentOptions = {}): Promise<Agent> {
    const folder = temporaryFolder();
    const command = { command: process.execPath, args: [repoPath('dist/src/cli/bin.js'), 'mcp', '--folder', folder, ...args] };
    const transport = new StdioClientTransport({ ...command, cwd, stderr: 'pipe' });
    const agent = new Agent(transport, folder);
    reapLater(() => agent.client.close());
    await agent.client.connect(transport);
    return agent;
  }

  /** The client of the SDK checks what comes against the schema that the server has published. */
  async call(name: string, args: Readonly<Record<string, unknown>> = {}, options: CallOptions = {}): Promise<Answered> {
    await this.client.listTools(); // the client learns the schemas of the answers
    const result = (await this.client.callTool({ name, arguments: args }, undefined, { timeout: 200_000, ...options })) as CallToolResult;
    const [content] = result.content;
    if (content?.type !== 'text' || result.content.length !== 1) throw new Error(`not one text: ${JSON.stringify(result.content)}`);
    const structured = (result.structuredContent ?? {}) as Answered['structured'];
    return { text: content.text, isError: result.isError === true, structured, bytes: Buffer.byteLength(JSON.stringify(result)) };
  }
}
