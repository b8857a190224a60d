/** The verbs that talk to processes. They are the other file of the bundle. */
export * as attach from './attach.js';
export * as leaks from './leaks.js';
export * as list from './list.js';
export * as mcp from './mcp.js';
export * as memory from './memory.js';
export * as run from './run.js';
export * as serve from './serve.js';
export * as top from './top.js';
export * as why from './why.js';
