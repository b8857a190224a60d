import type { ProtocolMapping } from 'devtools-protocol/types/protocol-mapping.js';

export type Command = keyof ProtocolMapping.Commands;
export type CommandParams<M extends Command> = ProtocolMapping.Commands[M]['paramsType'][0];
export type CommandResult<M extends Command> = ProtocolMapping.Commands[M]['returnType'];
export type Event = keyof ProtocolMapping.Events;
